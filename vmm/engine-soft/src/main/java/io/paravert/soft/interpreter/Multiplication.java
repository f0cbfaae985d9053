package io.paravert.soft.interpreter;

import static io.paravert.soft.state.Cpu.RAX;
import static io.paravert.soft.state.Cpu.RDX;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.integer.DecimalAdjust;
import io.paravert.soft.numeric.integer.Flags;
import io.paravert.soft.numeric.integer.MulDiv;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;

/** Multiplication, division and decimal adjustment. */
final class Multiplication {
    private Multiplication() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.MUL, Multiplication::mul);
        set.add(Mnemonic.IMUL, Multiplication::imul);
        set.add(Mnemonic.DIV, Multiplication::div);
        set.add(Mnemonic.IDIV, Multiplication::idiv);
        set.add(Mnemonic.DAA, Multiplication::daa);
        set.add(Mnemonic.DAS, Multiplication::das);
        set.add(Mnemonic.AAA, Multiplication::aaa);
        set.add(Mnemonic.AAS, Multiplication::aas);
        set.add(Mnemonic.AAM, Multiplication::aam);
        set.add(Mnemonic.AAD, Multiplication::aad);
    }

    /** CF and OF say whether the product is more than its low half; the others are undefined, and come from that half here. */
    static void setProductFlags(Cpu cpu, long low, int bits, boolean lost) {
        Place.setFlags(cpu, LazyFlags.signExtend(low, bits), LazyFlags.productAux(lost));
    }

    static void mul(Core core, Op op) {
        Cpu cpu = core.cpu;
        long a = cpu.r[RAX];
        long b = Place.target(core, op);
        setProduct(cpu, op.bits, a * b, op.bits == 64 ? MulDiv.mulHigh(a, b) : MulDiv.mul(a, b, op.bits));
        setProductFlags(cpu, a * b, op.bits, (MulDiv.mulFlags(a, b, op.bits, 0) & Flags.CF) != 0);
    }

    /** {@code other}: the high half of a 64-bit product, the whole of a smaller one. */
    private static void setProduct(Cpu cpu, int bits, long low, long other) {
        if (bits == 64) {
            cpu.r[RAX] = low;
            cpu.r[RDX] = other;
        } else if (bits == 8) {
            Place.writeRegister(cpu, Op.REGISTER, RAX, 16, other);
        } else {
            Place.writeRegister(cpu, Op.REGISTER, RAX, bits, other);
            Place.writeRegister(cpu, Op.REGISTER, RDX, bits, other >>> bits);
        }
    }

    /** All three forms: the two and three-operand ones have a general register as destination and a source. */
    static void imul(Core core, Op op) {
        Cpu cpu = core.cpu;
        long a;
        long b;
        if (op.srcKind == Op.NONE) {
            a = cpu.r[RAX];
            b = Place.target(core, op);
            long whole = op.bits == 64 ? MulDiv.imulHigh(a, b) : MulDiv.imul(a, b, op.bits);
            setProduct(cpu, op.bits, a * b, whole);
        } else {
            b = Place.source(core, op);
            a = op.detail != 0 ? op.immediate : cpu.r[op.dst];
            Place.write(core, op, a * b);
        }
        setProductFlags(cpu, a * b, op.bits, (MulDiv.imulFlags(a, b, op.bits, 0) & Flags.CF) != 0);
    }

    /** RDX:RAX and its like, for operands up to 32 bits. */
    private static long dividend(Cpu cpu, int bits) {
        return bits == 8
                ? cpu.r[RAX] & 0xffff
                : LazyFlags.zeroExtend(cpu.r[RDX], bits) << bits | LazyFlags.zeroExtend(cpu.r[RAX], bits);
    }

    private static void setQuotient(Cpu cpu, int bits, long quotient, long remainder) {
        if (bits == 8) {
            Place.writeRegister(cpu, Op.REGISTER, RAX, 16, quotient & 0xff | (remainder & 0xff) << 8);
        } else {
            Place.writeRegister(cpu, Op.REGISTER, RAX, bits, quotient);
            Place.writeRegister(cpu, Op.REGISTER, RDX, bits, remainder);
        }
        cpu.setStatus(MulDiv.divFlags(cpu.status()));
    }

    static void div(Core core, Op op) {
        Cpu cpu = core.cpu;
        long d = Place.target(core, op);
        if (op.bits == 64) {
            long hi = cpu.r[RDX];
            long lo = cpu.r[RAX];
            refuse(cpu, MulDiv.divFaults64(hi, lo, d));
            long q = MulDiv.div64(hi, lo, d);
            setQuotient(cpu, 64, q, lo - q * d);
        } else {
            long n = dividend(cpu, op.bits);
            refuse(cpu, MulDiv.divFaults(n, d, op.bits));
            setQuotient(cpu, op.bits, MulDiv.div(n, d, op.bits), MulDiv.rem(n, d, op.bits));
        }
    }

    static void idiv(Core core, Op op) {
        Cpu cpu = core.cpu;
        long d = Place.target(core, op);
        if (op.bits == 64) {
            long hi = cpu.r[RDX];
            long lo = cpu.r[RAX];
            refuse(cpu, MulDiv.idivFaults64(hi, lo, d));
            long q = MulDiv.idiv64(hi, lo, d);
            setQuotient(cpu, 64, q, lo - q * d);
        } else {
            long n = dividend(cpu, op.bits);
            refuse(cpu, MulDiv.idivFaults(n, d, op.bits));
            setQuotient(cpu, op.bits, MulDiv.idiv(n, d, op.bits), MulDiv.irem(n, d, op.bits));
        }
    }

    private static void refuse(Cpu cpu, boolean faults) {
        if (faults) {
            throw divideError(cpu);
        }
    }

    private static GuestFault divideError(Cpu cpu) {
        return cpu.fault(Vector.DE);
    }

    private static void setAccumulator(Cpu cpu, int bits, int value, int flags) {
        Place.writeRegister(cpu, Op.REGISTER, RAX, bits, value);
        cpu.setStatus(flags);
    }

    static void daa(Core core, Op op) {
        Cpu cpu = core.cpu;
        int al = (int) cpu.r[RAX] & 0xff;
        int old = cpu.status();
        setAccumulator(cpu, 8, DecimalAdjust.daa(al, old), DecimalAdjust.daaFlags(al, old));
    }

    static void das(Core core, Op op) {
        Cpu cpu = core.cpu;
        int al = (int) cpu.r[RAX] & 0xff;
        int old = cpu.status();
        setAccumulator(cpu, 8, DecimalAdjust.das(al, old), DecimalAdjust.dasFlags(al, old));
    }

    static void aaa(Core core, Op op) {
        Cpu cpu = core.cpu;
        int ax = (int) cpu.r[RAX] & 0xffff;
        int old = cpu.status();
        setAccumulator(cpu, 16, DecimalAdjust.aaa(ax, old), DecimalAdjust.aaaFlags(ax, old));
    }

    static void aas(Core core, Op op) {
        Cpu cpu = core.cpu;
        int ax = (int) cpu.r[RAX] & 0xffff;
        int old = cpu.status();
        setAccumulator(cpu, 16, DecimalAdjust.aas(ax, old), DecimalAdjust.aasFlags(ax, old));
    }

    static void aam(Core core, Op op) {
        Cpu cpu = core.cpu;
        refuse(cpu, (op.immediate & 0xff) == 0);
        int ax = DecimalAdjust.aam((int) cpu.r[RAX] & 0xff, (int) op.immediate);
        setAccumulator(cpu, 16, ax, DecimalAdjust.aamFlags(ax & 0xff, cpu.status()));
    }

    static void aad(Core core, Op op) {
        Cpu cpu = core.cpu;
        int ax = (int) cpu.r[RAX] & 0xffff;
        int base = (int) op.immediate;
        setAccumulator(cpu, 16, DecimalAdjust.aad(ax, base), DecimalAdjust.aadFlags(ax, base, cpu.status()));
    }
}
