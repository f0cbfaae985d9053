package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.integer.Flags;
import io.paravert.soft.numeric.x87.X87Arithmetic;
import io.paravert.soft.numeric.x87.X87Compare;
import io.paravert.soft.numeric.x87.X87Functions;
import io.paravert.soft.numeric.x87.X87Load;
import io.paravert.soft.numeric.x87.X87Parts;
import io.paravert.soft.numeric.x87.X87Stack;
import io.paravert.soft.numeric.x87.X87State;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Guards;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Unwind;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;
import io.paravert.soft.vcpu.Statement;
import java.util.function.Consumer;

/**
 * x87 arithmetic, comparison and stack operations. Of an x87 {@link Op} {@code srcBits} is the opcode and {@code immediate} the address
 * that the environment remembers.
 */
final class X87Operations {
    private static final int CF = Flags.CF;
    private static final int PF = Flags.PF;
    private static final int ZF = Flags.ZF;

    private X87Operations() {}

    static void register(InstructionSet set) {
        registerArithmetic(set);
        registerPlain(set);
        registerComparisons(set);
        registerStack(set);
    }

    private static void registerArithmetic(InstructionSet set) {
        set.add(Mnemonic.FADD, (core, op) -> arithmetic(core, op, X87Arithmetic.ADD, false));
        set.add(Mnemonic.FADDP, (core, op) -> arithmetic(core, op, X87Arithmetic.ADD, true));
        set.add(Mnemonic.FIADD, (core, op) -> integer(core, op, X87Arithmetic.ADD));
        set.add(Mnemonic.FMUL, (core, op) -> arithmetic(core, op, X87Arithmetic.MUL, false));
        set.add(Mnemonic.FMULP, (core, op) -> arithmetic(core, op, X87Arithmetic.MUL, true));
        set.add(Mnemonic.FIMUL, (core, op) -> integer(core, op, X87Arithmetic.MUL));
        set.add(Mnemonic.FSUB, (core, op) -> arithmetic(core, op, X87Arithmetic.SUB, false));
        set.add(Mnemonic.FSUBP, (core, op) -> arithmetic(core, op, X87Arithmetic.SUB, true));
        set.add(Mnemonic.FISUB, (core, op) -> integer(core, op, X87Arithmetic.SUB));
        set.add(Mnemonic.FSUBR, (core, op) -> arithmetic(core, op, X87Arithmetic.SUBR, false));
        set.add(Mnemonic.FSUBRP, (core, op) -> arithmetic(core, op, X87Arithmetic.SUBR, true));
        set.add(Mnemonic.FISUBR, (core, op) -> integer(core, op, X87Arithmetic.SUBR));
        set.add(Mnemonic.FDIV, (core, op) -> arithmetic(core, op, X87Arithmetic.DIV, false));
        set.add(Mnemonic.FDIVP, (core, op) -> arithmetic(core, op, X87Arithmetic.DIV, true));
        set.add(Mnemonic.FIDIV, (core, op) -> integer(core, op, X87Arithmetic.DIV));
        set.add(Mnemonic.FDIVR, (core, op) -> arithmetic(core, op, X87Arithmetic.DIVR, false));
        set.add(Mnemonic.FDIVRP, (core, op) -> arithmetic(core, op, X87Arithmetic.DIVR, true));
        set.add(Mnemonic.FIDIVR, (core, op) -> integer(core, op, X87Arithmetic.DIVR));
    }

    private static void registerPlain(InstructionSet set) {
        set.add(Mnemonic.FSQRT, plain(X87Arithmetic::sqrt));
        set.add(Mnemonic.FABS, plain(X87Arithmetic::abs));
        set.add(Mnemonic.FCHS, plain(X87Arithmetic::chs));
        set.add(Mnemonic.FSIN, plain(X87Functions::sin));
        set.add(Mnemonic.FCOS, plain(X87Functions::cos));
        set.add(Mnemonic.FSINCOS, plain(X87Functions::sincos));
        set.add(Mnemonic.FPTAN, plain(X87Functions::tan));
        set.add(Mnemonic.F2XM1, plain(X87Functions::exp2m1));
        set.add(Mnemonic.FPATAN, plain(X87Functions::atan));
        set.add(Mnemonic.FYL2X, plain(X87Functions::yl2x));
        set.add(Mnemonic.FYL2XP1, plain(X87Functions::yl2xp1));
        set.add(Mnemonic.FPREM, plain(X87Parts::prem));
        set.add(Mnemonic.FPREM1, plain(X87Parts::prem1));
        set.add(Mnemonic.FSCALE, plain(X87Parts::scale));
        set.add(Mnemonic.FXTRACT, plain(X87Parts::extract));
        set.add(Mnemonic.FRNDINT, plain(X87Parts::roundToInteger));
        set.add(Mnemonic.FXAM, plain(X87Compare::examine));
        set.add(Mnemonic.FNOP, plain(f -> {}));
        set.add(Mnemonic.FTST, plain(f -> X87Compare.integer(f, 0, 0)));
        set.add(Mnemonic.FCOMPP, plain(f -> X87Compare.registers(f, 1, false, 2)));
        set.add(Mnemonic.FUCOMPP, plain(f -> X87Compare.registers(f, 1, true, 2)));
        set.add(Mnemonic.FINCSTP, plain(f -> X87Stack.rotate(f, 1)));
        set.add(Mnemonic.FDECSTP, plain(f -> X87Stack.rotate(f, -1)));
        set.add(Mnemonic.FLD1, plain(f -> X87Load.constant(f, 0)));
        set.add(Mnemonic.FLDL2T, plain(f -> X87Load.constant(f, 1)));
        set.add(Mnemonic.FLDL2E, plain(f -> X87Load.constant(f, 2)));
        set.add(Mnemonic.FLDPI, plain(f -> X87Load.constant(f, 3)));
        set.add(Mnemonic.FLDLG2, plain(f -> X87Load.constant(f, 4)));
        set.add(Mnemonic.FLDLN2, plain(f -> X87Load.constant(f, 5)));
        set.add(Mnemonic.FLDZ, plain(f -> X87Load.constant(f, 6)));
    }

    private static void registerComparisons(InstructionSet set) {
        set.add(Mnemonic.FCOM, (core, op) -> compare(core, op, 0));
        set.add(Mnemonic.FCOMP, (core, op) -> compare(core, op, 1));
        set.add(Mnemonic.FICOM, (core, op) -> compareInteger(core, op, 0));
        set.add(Mnemonic.FICOMP, (core, op) -> compareInteger(core, op, 1));
        set.add(Mnemonic.FUCOM, (core, op) -> X87Compare.registers(begin(core, op), op.dst, true, 0));
        set.add(Mnemonic.FUCOMP, (core, op) -> X87Compare.registers(begin(core, op), op.dst, true, 1));
        set.add(Mnemonic.FCOMI, (core, op) -> compareFlags(core, op, false, false));
        set.add(Mnemonic.FCOMIP, (core, op) -> compareFlags(core, op, false, true));
        set.add(Mnemonic.FUCOMI, (core, op) -> compareFlags(core, op, true, false));
        set.add(Mnemonic.FUCOMIP, (core, op) -> compareFlags(core, op, true, true));
    }

    private static void registerStack(InstructionSet set) {
        set.add(Mnemonic.FCMOVB, (core, op) -> move(core, op, CF, true));
        set.add(Mnemonic.FCMOVE, (core, op) -> move(core, op, ZF, true));
        set.add(Mnemonic.FCMOVBE, (core, op) -> move(core, op, CF | ZF, true));
        set.add(Mnemonic.FCMOVU, (core, op) -> move(core, op, PF, true));
        set.add(Mnemonic.FCMOVNB, (core, op) -> move(core, op, CF, false));
        set.add(Mnemonic.FCMOVNE, (core, op) -> move(core, op, ZF, false));
        set.add(Mnemonic.FCMOVNBE, (core, op) -> move(core, op, CF | ZF, false));
        set.add(Mnemonic.FCMOVNU, (core, op) -> move(core, op, PF, false));
        set.add(Mnemonic.FXCH, (core, op) -> X87Stack.exchange(begin(core, op), op.dst));
        set.add(Mnemonic.FFREE, (core, op) -> X87Stack.free(begin(core, op), op.dst, false));
        set.add(Mnemonic.FFREEP, (core, op) -> X87Stack.free(begin(core, op), op.dst, true));
    }

    /** #NM where the x87 must not be used. */
    static void guard(Cpu cpu) {
        if ((cpu.guards & Guards.X87) != 0) {
            throw Guards.fault(cpu, Guards.X87);
        }
    }

    /**
     * #MF for an unmasked exception of an earlier instruction. With CR0.NE clear FERR# goes up instead, which is line 13 in a PC, and the
     * instruction begins anew behind that interrupt; while the line is up it goes on, as with IGNNE# asserted (AMD APM vol. 2, 8.2.17).
     */
    static void raisePending(Core core) {
        if (!core.cpu.x87.pending()) {
            return;
        }
        if ((core.cpu.cr0 & Control.CR0_NE) != 0) {
            throw core.cpu.fault(Vector.MF);
        }
        if (core.platform.raiseFloatError()) {
            throw Unwind.REPEAT;
        }
    }

    /** Checks of an instruction that waits. */
    static X87State check(Core core) {
        guard(core.cpu);
        raisePending(core);
        return core.cpu.x87;
    }

    /** Remembers the instruction, once it can no longer fault. */
    static X87State note(Core core, Op op) {
        Cpu cpu = core.cpu;
        X87State x = cpu.x87;
        x.note(op.srcBits, cpu.cs().selector, op.immediate);
        if (op.dstKind == Op.MEMORY) {
            Segment data = cpu.segments[op.segment];
            x.noteData(data.selector, Segmentation.offset(cpu, op));
        }
        return x;
    }

    /** Both, for instructions without a memory operand. */
    private static X87State begin(Core core, Op op) {
        check(core);
        return note(core, op);
    }

    /** The memory operand, zero-extended, after the checks. */
    private static long load(Core core, Op op) {
        check(core);
        long value = Place.target(core, op);
        note(core, op);
        return value;
    }

    /** The memory operand as a signed integer. */
    static long loadSigned(Core core, Op op) {
        long value = load(core, op);
        return op.bits == 16 ? (short) value : op.bits == 32 ? (int) value : value;
    }

    private static Statement plain(Consumer<X87State> f) {
        return (core, op) -> f.accept(begin(core, op));
    }

    private static void arithmetic(Core core, Op op, int operation, boolean pop) {
        if (op.dstKind != Op.MEMORY) {
            X87Arithmetic.registers(begin(core, op), operation, op.dst, op.src, pop);
            return;
        }
        long value = load(core, op);
        if (op.bits == 32) {
            X87Arithmetic.single(core.cpu.x87, operation, (int) value);
        } else {
            X87Arithmetic.dbl(core.cpu.x87, operation, value);
        }
    }

    private static void integer(Core core, Op op, int operation) {
        long value = loadSigned(core, op);
        X87Arithmetic.integer(core.cpu.x87, operation, value);
    }

    private static void compare(Core core, Op op, int pops) {
        if (op.dstKind != Op.MEMORY) {
            X87Compare.registers(begin(core, op), op.dst, false, pops);
            return;
        }
        long value = load(core, op);
        if (op.bits == 32) {
            X87Compare.single(core.cpu.x87, (int) value, pops);
        } else {
            X87Compare.dbl(core.cpu.x87, value, pops);
        }
    }

    private static void compareInteger(Core core, Op op, int pops) {
        long value = loadSigned(core, op);
        X87Compare.integer(core.cpu.x87, value, pops);
    }

    private static void compareFlags(Core core, Op op, boolean quiet, boolean pop) {
        Cpu cpu = core.cpu;
        cpu.setStatus(X87Compare.flags(begin(core, op), op.src, quiet, pop, cpu.status()));
    }

    private static void move(Core core, Op op, int flags, boolean set) {
        X87Stack.move(begin(core, op), op.src, (core.cpu.status() & flags) != 0 == set);
    }
}
