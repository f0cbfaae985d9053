package io.paravert.soft.interpreter;

import static io.paravert.soft.state.Cpu.RCX;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Vector;
import io.paravert.soft.system.FarReturns;
import io.paravert.soft.system.FarTransfers;
import io.paravert.soft.system.Interrupts;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;
import io.paravert.soft.vcpu.Stack;

/** Control transfers. Each of these sets RIP, last of all; {@code cpu.rip} holds that of the next instruction when they begin. */
final class Branches {
    private static final Mnemonic[] CONDITIONAL_JUMPS = {
        Mnemonic.JO, Mnemonic.JNO, Mnemonic.JB, Mnemonic.JAE, Mnemonic.JE, Mnemonic.JNE, Mnemonic.JBE, Mnemonic.JA,
        Mnemonic.JS, Mnemonic.JNS, Mnemonic.JP, Mnemonic.JNP, Mnemonic.JL, Mnemonic.JGE, Mnemonic.JLE, Mnemonic.JG
    };

    private Branches() {}

    static void register(InstructionSet set) {
        for (int cc = 0; cc < 16; cc++) {
            set.addJump(CONDITIONAL_JUMPS[cc], Branches::jcc, cc);
        }
        set.addJump(Mnemonic.JMP, Branches::jmp, 0);
        set.addJump(Mnemonic.CALL, Branches::call, 0);
        set.addJump(Mnemonic.RET, Branches::ret, 0);
        set.addJump(Mnemonic.JMP_FAR, Branches::jmpFar, 0);
        set.addJump(Mnemonic.CALL_FAR, Branches::callFar, 0);
        set.addJump(Mnemonic.RETF, Branches::retf, 0);
        set.addJump(Mnemonic.IRET, InstructionSet.serializing(Branches::iret), 0);
        set.addJump(Mnemonic.LOOP, Branches::loop, 0);
        set.addJump(Mnemonic.LOOPE, Branches::loope, 0);
        set.addJump(Mnemonic.LOOPNE, Branches::loopne, 0);
        set.addJump(Mnemonic.JCXZ, Branches::jcxz, 0);
        set.addJump(Mnemonic.JECXZ, Branches::jcxz, 0);
        set.addJump(Mnemonic.JRCXZ, Branches::jcxz, 0);
        set.addJump(Mnemonic.INT3, (core, op) -> interrupt(core, Vector.BP, Interrupts.Kind.SOFTWARE), 0);
        set.addJump(Mnemonic.INT1, (core, op) -> interrupt(core, Vector.DB, Interrupts.Kind.PRIVILEGED_SOFTWARE), 0);
        set.addJump(Mnemonic.INT, Branches::softwareInterrupt, 0);
        set.addJump(Mnemonic.INTO, Branches::into, 0);
        set.add(Mnemonic.BOUND, Branches::bound);
    }

    /** Where the transfer goes if the target may be executed at all. */
    static void jumpTo(Core core, long target) {
        Cpu cpu = core.cpu;
        boolean outside = cpu.is64() ? target << 16 >> 16 != target : target > cpu.cs().limit;
        if (outside) {
            throw cpu.fault(Vector.GP);
        }
        cpu.rip = target;
    }

    static void jcc(Core core, Op op) {
        if (LazyFlags.condition(op.detail, core.cpu.flagResult, core.cpu.flagAux)) {
            jumpTo(core, op.immediate);
        }
    }

    /** Target of a near JMP or CALL: relative ones are resolved already. */
    private static long target(Core core, Op op) {
        return op.dstKind == Op.IMMEDIATE ? op.immediate : Place.target(core, op);
    }

    static void jmp(Core core, Op op) {
        jumpTo(core, target(core, op));
    }

    static void call(Core core, Op op) {
        long returnTo = core.cpu.rip;
        long target = target(core, op);
        Stack stack = core.stack.begin();
        stack.push(returnTo, op.bytes());
        jumpTo(core, target);
        stack.commit();
    }

    static void ret(Core core, Op op) {
        Stack stack = core.stack.begin();
        long target = stack.pop(op.bytes());
        jumpTo(core, target);
        stack.skip(op.immediate);
        stack.commit();
    }

    /** A far pointer in memory: the offset first. */
    private static int farSelector(Core core, Op op, long offsetPlace) {
        return (int) core.memory.load16(offsetPlace + op.bytes());
    }

    static void jmpFar(Core core, Op op) {
        long returnTo = core.cpu.rip;
        if (op.dstKind == Op.MEMORY) {
            long place = Segmentation.linear(core.cpu, op, op.bytes() + 2, false);
            long offset = core.memory.load(place, op.bytes());
            FarTransfers.jump(core, farSelector(core, op, place), offset, op.bytes(), returnTo);
        } else {
            FarTransfers.jump(core, (int) op.displacement, op.immediate, op.bytes(), returnTo);
        }
    }

    static void callFar(Core core, Op op) {
        long returnTo = core.cpu.rip;
        if (op.dstKind == Op.MEMORY) {
            long place = Segmentation.linear(core.cpu, op, op.bytes() + 2, false);
            long offset = core.memory.load(place, op.bytes());
            FarTransfers.call(core, farSelector(core, op, place), offset, op.bytes(), returnTo);
        } else {
            FarTransfers.call(core, (int) op.displacement, op.immediate, op.bytes(), returnTo);
        }
    }

    static void retf(Core core, Op op) {
        FarReturns.returnFar(core, op.bytes(), (int) op.immediate);
    }

    static void iret(Core core, Op op) {
        FarReturns.returnFromInterrupt(core, op.bytes());
        core.unblockNmi();
    }

    private static long count(Cpu cpu, Op op) {
        return cpu.r[RCX] << op.cut >>> op.cut;
    }

    private static void loopIf(Core core, Op op, boolean condition) {
        Cpu cpu = core.cpu;
        long left = count(cpu, op) - 1 << op.cut >>> op.cut;
        if (left != 0 && condition) {
            jumpTo(core, op.immediate);
        }
        Place.writeRegister(cpu, Op.REGISTER, RCX, 64 - op.cut, left);
    }

    static void loop(Core core, Op op) {
        loopIf(core, op, true);
    }

    static void loope(Core core, Op op) {
        loopIf(core, op, LazyFlags.zero(core.cpu.flagResult));
    }

    static void loopne(Core core, Op op) {
        loopIf(core, op, !LazyFlags.zero(core.cpu.flagResult));
    }

    static void jcxz(Core core, Op op) {
        if (count(core.cpu, op) == 0) {
            jumpTo(core, op.immediate);
        }
    }

    private static void interrupt(Core core, int vector, Interrupts.Kind kind) {
        Interrupts.deliver(core, vector, 0, kind);
    }

    static void softwareInterrupt(Core core, Op op) {
        Cpu cpu = core.cpu;
        if (cpu.isVirtual8086() && cpu.iopl() < 3) {
            throw cpu.fault(Vector.GP);
        }
        interrupt(core, (int) op.immediate & 0xff, Interrupts.Kind.SOFTWARE);
    }

    static void into(Core core, Op op) {
        if (LazyFlags.overflow(core.cpu.flagAux)) {
            interrupt(core, Vector.OF, Interrupts.Kind.SOFTWARE);
        }
    }

    static void bound(Core core, Op op) {
        Cpu cpu = core.cpu;
        int bytes = op.bytes();
        long place = Segmentation.linear(cpu, op, 2 * bytes, false);
        long index = LazyFlags.signExtend(cpu.r[op.dst], op.bits);
        long lower = LazyFlags.signExtend(core.memory.load(place, bytes), op.bits);
        long upper = LazyFlags.signExtend(core.memory.load(place + bytes, bytes), op.bits);
        if (index < lower || index > upper) {
            throw cpu.fault(Vector.BR);
        }
    }
}
