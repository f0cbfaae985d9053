package io.paravert.soft.interpreter;

import static io.paravert.soft.semantics.LazyFlags.signExtend;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.integer.BitField;
import io.paravert.soft.numeric.integer.Flags;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;

/** Integer arithmetic and logic on any operands. */
final class Arithmetic {
    private Arithmetic() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.ADD, Arithmetic::add);
        set.add(Mnemonic.OR, Arithmetic::or);
        set.add(Mnemonic.ADC, Arithmetic::adc);
        set.add(Mnemonic.SBB, Arithmetic::sbb);
        set.add(Mnemonic.AND, Arithmetic::and);
        set.add(Mnemonic.SUB, Arithmetic::sub);
        set.add(Mnemonic.XOR, Arithmetic::xor);
        set.add(Mnemonic.CMP, Arithmetic::cmp);
        set.add(Mnemonic.TEST, Arithmetic::test);
        set.add(Mnemonic.INC, Arithmetic::inc);
        set.add(Mnemonic.DEC, Arithmetic::dec);
        set.add(Mnemonic.NOT, Arithmetic::not);
        set.add(Mnemonic.NEG, Arithmetic::neg);
        set.add(Mnemonic.ADCX, Arithmetic::adcx);
        set.add(Mnemonic.ADOX, Arithmetic::adox);
    }

    static void add(Core core, Op op) {
        long b = Place.source(core, op);
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a + b;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(core.cpu, signExtend(r, op.bits), LazyFlags.addAux(a, b, r, op.bits));
    }

    static void adc(Core core, Op op) {
        long carry = core.cpu.flagAux >>> 63;
        long b = Place.source(core, op);
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a + b + carry;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(core.cpu, signExtend(r, op.bits), LazyFlags.addAux(a, b, r, op.bits));
    }

    static void sub(Core core, Op op) {
        long b = Place.source(core, op);
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a - b;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(core.cpu, signExtend(r, op.bits), LazyFlags.subAux(a, b, r, op.bits));
    }

    static void sbb(Core core, Op op) {
        long borrow = core.cpu.flagAux >>> 63;
        long b = Place.source(core, op);
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a - b - borrow;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(core.cpu, signExtend(r, op.bits), LazyFlags.subAux(a, b, r, op.bits));
    }

    static void cmp(Core core, Op op) {
        long b = Place.source(core, op);
        long a = Place.target(core, op);
        long r = a - b;
        Place.setFlags(core.cpu, signExtend(r, op.bits), LazyFlags.subAux(a, b, r, op.bits));
    }

    static void and(Core core, Op op) {
        long b = Place.source(core, op);
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a & b;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(core.cpu, signExtend(r, op.bits), 0);
    }

    static void or(Core core, Op op) {
        long b = Place.source(core, op);
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a | b;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(core.cpu, signExtend(r, op.bits), 0);
    }

    static void xor(Core core, Op op) {
        long b = Place.source(core, op);
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a ^ b;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(core.cpu, signExtend(r, op.bits), 0);
    }

    static void test(Core core, Op op) {
        long r = Place.target(core, op) & Place.source(core, op);
        Place.setFlags(core.cpu, signExtend(r, op.bits), 0);
    }

    static void inc(Core core, Op op) {
        Cpu cpu = core.cpu;
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a + 1;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(cpu, signExtend(r, op.bits), LazyFlags.incAux(cpu.flagAux, a, r, op.bits));
    }

    static void dec(Core core, Op op) {
        Cpu cpu = core.cpu;
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a - 1;
        } while (!Place.update(core, op, a, r));
        Place.setFlags(cpu, signExtend(r, op.bits), LazyFlags.decAux(cpu.flagAux, a, r, op.bits));
    }

    static void not(Core core, Op op) {
        long a;
        do {
            a = Place.targetForUpdate(core, op);
        } while (!Place.update(core, op, a, ~a));
    }

    static void neg(Core core, Op op) {
        long a;
        do {
            a = Place.targetForUpdate(core, op);
        } while (!Place.update(core, op, a, -a));
        Place.setFlags(core.cpu, signExtend(-a, op.bits), LazyFlags.subAux(0, a, -a, op.bits));
    }

    static void adcx(Core core, Op op) {
        addWithFlag(core, op, Flags.CF);
    }

    static void adox(Core core, Op op) {
        addWithFlag(core, op, Flags.OF);
    }

    private static void addWithFlag(Core core, Op op, int flag) {
        long b = Place.source(core, op);
        long a = Place.target(core, op);
        int old = core.cpu.status();
        Place.write(core, op, BitField.adx(a, b, op.bits, flag, old));
        core.cpu.setStatus(BitField.adxFlags(a, b, op.bits, flag, old));
    }
}
