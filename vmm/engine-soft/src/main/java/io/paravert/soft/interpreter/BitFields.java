package io.paravert.soft.interpreter;

import static io.paravert.soft.state.Cpu.RDX;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.integer.BitField;
import io.paravert.soft.numeric.integer.MulDiv;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Guards;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Statement;

/** General-register instructions with VEX: BMI1 and BMI2. */
final class BitFields {
    private BitFields() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.ANDN, guarded(BitFields::andn));
        set.add(Mnemonic.BLSI, guarded(BitFields::blsi));
        set.add(Mnemonic.BLSR, guarded(BitFields::blsr));
        set.add(Mnemonic.BLSMSK, guarded(BitFields::blsmsk));
        set.add(Mnemonic.BEXTR, guarded(BitFields::bextr));
        set.add(Mnemonic.BZHI, guarded(BitFields::bzhi));
        set.add(Mnemonic.PDEP, guarded(BitFields::pdep));
        set.add(Mnemonic.PEXT, guarded(BitFields::pext));
        set.add(Mnemonic.RORX, guarded(BitFields::rorx));
        set.add(Mnemonic.SARX, guarded(BitFields::sarx));
        set.add(Mnemonic.SHLX, guarded(BitFields::shlx));
        set.add(Mnemonic.SHRX, guarded(BitFields::shrx));
        set.add(Mnemonic.MULX, guarded(BitFields::mulx));
    }

    /** VEX encodings are #UD in real and virtual-8086 mode. */
    private static Statement guarded(Statement statement) {
        return (core, op) -> {
            if ((core.cpu.guards & Guards.VEX_GENERAL) != 0) {
                throw Guards.fault(core.cpu, Guards.VEX_GENERAL);
            }
            statement.execute(core, op);
        };
    }

    private static long third(Core core, Op op) {
        return core.cpu.r[op.third];
    }

    static void andn(Core core, Op op) {
        long r = BitField.andn(third(core, op), Place.source(core, op), op.bits);
        Place.write(core, op, r);
        core.cpu.setStatus(BitField.andnFlags(r, op.bits, core.cpu.status()));
    }

    static void blsi(Core core, Op op) {
        long a = Place.source(core, op);
        Place.write(core, op, BitField.blsi(a, op.bits));
        core.cpu.setStatus(BitField.blsiFlags(a, op.bits, core.cpu.status()));
    }

    static void blsr(Core core, Op op) {
        long a = Place.source(core, op);
        Place.write(core, op, BitField.blsr(a, op.bits));
        core.cpu.setStatus(BitField.blsrFlags(a, op.bits, core.cpu.status()));
    }

    static void blsmsk(Core core, Op op) {
        long a = Place.source(core, op);
        Place.write(core, op, BitField.blsmsk(a, op.bits));
        core.cpu.setStatus(BitField.blsmskFlags(a, op.bits, core.cpu.status()));
    }

    static void bextr(Core core, Op op) {
        long r = BitField.bextr(Place.source(core, op), third(core, op), op.bits);
        Place.write(core, op, r);
        core.cpu.setStatus(BitField.bextrFlags(r, op.bits, core.cpu.status()));
    }

    static void bzhi(Core core, Op op) {
        long index = third(core, op);
        long r = BitField.bzhi(Place.source(core, op), index, op.bits);
        Place.write(core, op, r);
        core.cpu.setStatus(BitField.bzhiFlags(r, index, op.bits, core.cpu.status()));
    }

    static void pdep(Core core, Op op) {
        Place.write(core, op, BitField.pdep(third(core, op), Place.source(core, op), op.bits));
    }

    static void pext(Core core, Op op) {
        Place.write(core, op, BitField.pext(third(core, op), Place.source(core, op), op.bits));
    }

    static void rorx(Core core, Op op) {
        Place.write(core, op, BitField.rorx(Place.source(core, op), (int) op.immediate, op.bits));
    }

    static void sarx(Core core, Op op) {
        Place.write(core, op, BitField.sarx(Place.source(core, op), third(core, op), op.bits));
    }

    static void shlx(Core core, Op op) {
        Place.write(core, op, BitField.shlx(Place.source(core, op), third(core, op), op.bits));
    }

    static void shrx(Core core, Op op) {
        Place.write(core, op, BitField.shrx(Place.source(core, op), third(core, op), op.bits));
    }

    /** The first operand takes the high half, the second (third register) the low half; the high one wins if they are the same. */
    static void mulx(Core core, Op op) {
        Cpu cpu = core.cpu;
        long a = cpu.r[RDX];
        long b = Place.source(core, op);
        long low = a * b;
        long high = op.bits == 64 ? MulDiv.mulHigh(a, b) : MulDiv.mul(a, b, 32) >>> 32;
        Place.writeRegister(cpu, Op.REGISTER, op.third, op.bits, low);
        Place.writeRegister(cpu, Op.REGISTER, op.dst, op.bits, high);
    }
}
