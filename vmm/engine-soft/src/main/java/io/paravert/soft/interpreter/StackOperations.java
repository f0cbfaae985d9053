package io.paravert.soft.interpreter;

import static io.paravert.soft.state.Cpu.RBP;
import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.system.SegmentLoads;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;
import io.paravert.soft.vcpu.Stack;

/** PUSH, POP and their relatives. */
final class StackOperations {
    private static final int ALWAYS = LazyFlags.STATUS | Rflags.TF | Rflags.DF | Rflags.NT | Rflags.AC | Rflags.ID;

    private StackOperations() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.PUSH, StackOperations::push);
        set.add(Mnemonic.POP, StackOperations::pop);
        set.add(Mnemonic.PUSHA, StackOperations::pusha);
        set.add(Mnemonic.POPA, StackOperations::popa);
        set.add(Mnemonic.PUSHF, StackOperations::pushf);
        set.addEnding(Mnemonic.POPF, StackOperations::popf);
        set.add(Mnemonic.ENTER, StackOperations::enter);
        set.add(Mnemonic.LEAVE, StackOperations::leave);
    }

    /** A segment register is pushed zero-extended. */
    static void push(Core core, Op op) {
        long value = op.dstKind == Op.OTHER
                ? core.cpu.segments[op.dst].selector
                : op.dstKind == Op.IMMEDIATE ? op.immediate : Place.target(core, op);
        core.stack.pushOne(value, op.bytes());
    }

    static void pop(Core core, Op op) {
        Cpu cpu = core.cpu;
        Stack stack = core.stack.begin();
        long value = stack.pop(op.bytes());
        if (op.dstKind == Op.REGISTER) {
            stack.commit();
            Place.writeRegister(cpu, Op.REGISTER, op.dst, op.bits, value);
            return;
        }
        long before = cpu.r[RSP];
        stack.commit();
        try {
            if (op.dstKind == Op.OTHER) {
                SegmentLoads.load(core, op.dst, (int) value & 0xffff);
                if (op.dst == Segment.SS) {
                    SystemOperations.stackShadow(core);
                }
            } else {
                // The address is computed with RSP as it is after the pop.
                Place.write(core, op, value);
            }
        } catch (RuntimeException e) {
            cpu.r[RSP] = before;
            throw e;
        }
    }

    /** One after the other: where one faults, those before it stand in memory, though RSP has not moved. */
    static void pusha(Core core, Op op) {
        Stack stack = core.stack.begin();
        for (int i = 0; i < 8; i++) {
            stack.push(core.cpu.r[i], op.bytes());
        }
        stack.commit();
    }

    /** One after the other, as {@link #pusha}. */
    static void popa(Core core, Op op) {
        Stack stack = core.stack.begin();
        for (int i = 7; i >= 0; i--) {
            long value = stack.pop(op.bytes());
            if (i != RSP) {
                Place.writeRegister(core.cpu, Op.REGISTER, i, op.bits, value);
            }
        }
        stack.commit();
    }

    static void pushf(Core core, Op op) {
        Cpu cpu = core.cpu;
        if (cpu.isVirtual8086() && cpu.iopl() < 3) {
            throw cpu.fault(Vector.GP);
        }
        core.stack.pushOne(cpu.rflags() & ~(Rflags.VM | Rflags.RF), op.bytes());
    }

    static void popf(Core core, Op op) {
        Cpu cpu = core.cpu;
        if (cpu.isVirtual8086() && cpu.iopl() < 3) {
            throw cpu.fault(Vector.GP);
        }
        Stack stack = core.stack.begin();
        int flags = (int) stack.pop(op.bytes());
        stack.commit();
        int writable = ALWAYS | (cpu.cpl == 0 ? Rflags.IOPL : 0) | (cpu.cpl <= cpu.iopl() ? Rflags.IF : 0);
        if (op.bits == 16) {
            writable &= 0xffff;
        }
        int system = writable & Rflags.SYSTEM;
        int before = cpu.systemFlags;
        cpu.systemFlags = (before & ~system | flags & system) & ~Rflags.RF;
        cpu.setStatus(flags);
        if (((before ^ cpu.systemFlags) & Rflags.AC) != 0) {
            core.mmu.select();
        }
        core.flagsChanged();
    }

    private static long frame(Cpu cpu, long pointer) {
        int cut = cpu.is64() ? 0 : (cpu.mode & CodeMode.STACK32) != 0 ? 32 : 48;
        return pointer << cut >>> cut;
    }

    /** Writes RBP as wide as the operand. */
    private static void setFrame(Cpu cpu, int bits, long value) {
        Place.writeRegister(cpu, Op.REGISTER, RBP, bits, value);
    }

    static void enter(Core core, Op op) {
        Cpu cpu = core.cpu;
        int bytes = op.bytes();
        int level = (int) op.displacement & 31;
        Stack stack = core.stack.begin();
        stack.push(cpu.r[RBP], bytes);
        long frame = stack.pointer();
        long from = cpu.r[RBP];
        for (int i = 1; i < level; i++) {
            from -= bytes;
            long va = Segmentation.linear(cpu, Segment.SS, frame(cpu, from), bytes, false);
            stack.push(core.memory.load(va, bytes), bytes);
        }
        if (level > 0) {
            stack.push(frame, bytes);
        }
        stack.skip(-(op.immediate & 0xffff));
        stack.preparePushes(0);
        stack.commit();
        setFrame(cpu, op.bits, frame);
    }

    static void leave(Core core, Op op) {
        Cpu cpu = core.cpu;
        long before = cpu.r[RSP];
        long rbp = cpu.r[RBP];
        cpu.r[RSP] = cpu.is64()
                ? rbp
                : (cpu.mode & CodeMode.STACK32) != 0 ? rbp & 0xffff_ffffL : before & ~0xffffL | rbp & 0xffff;
        try {
            Stack stack = core.stack.begin();
            long value = stack.pop(op.bytes());
            stack.commit();
            setFrame(cpu, op.bits, value);
        } catch (RuntimeException e) {
            cpu.r[RSP] = before;
            throw e;
        }
    }
}
