package io.paravert.guest;

import io.paravert.isa.Immediate;
import io.paravert.isa.Operand;
import io.paravert.isa.Register;
import io.paravert.isa.RegisterClass;
import io.paravert.isa.asm.Addresses;
import io.paravert.isa.asm.Label;
import java.util.List;

/** How a program's calls leave it: emits the discovery, a call, and what prints. */
abstract class CallPath {
    static final int MAX_ARGUMENTS = 6;

    final PvAssembler asm;
    private final Found found;

    /**
     * Where the prologue puts what it has found: eight bytes each.
     *
     * @param entry the hypercall page in 64-bit mode, the number of the call port in the others
     */
    record Found(Label entry, Label callPages, Label doorbell, Label bootInfo) {}

    CallPath(PvAssembler asm) {
        this.asm = asm;
        this.found =
                new Found(variable("call entry"), variable("call pages"), variable("doorbell"), variable("boot info"));
    }

    private Label variable(String name) {
        return asm.reserve(name, Long.BYTES, Long.BYTES);
    }

    final Found found() {
        return found;
    }

    /** Looks for Paravert and keeps what it says; takes all registers. */
    abstract void discover();

    abstract void call(int number, Operand... arguments);

    abstract void write(Operand address, Operand bytes);

    abstract void printNumber(Register number, int base);

    /** Moves operands to their places in order; refuses what an earlier move has overwritten. */
    final void move(List<Register> places, Operand... operands) {
        int written = 0;
        for (int i = 0; i < operands.length; i++) {
            Register place = places.get(i);
            if (operands[i] instanceof Register source && (written >> source.number() & 1) != 0) {
                throw new GuestProgramException(
                        "argument %d is in %s, which argument %d has just overwritten; use another register",
                        i, source, writer(places, source));
            }
            if (!moveOne(place, operands[i])) {
                continue;
            }
            written |= 1 << place.number();
        }
    }

    private static int writer(List<Register> places, Register source) {
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i).number() == source.number()) {
                return i;
            }
        }
        throw new IllegalArgumentException(source + " is no place");
    }

    /** Returns whether anything had to be moved. */
    private boolean moveOne(Register place, Operand operand) {
        if (operand instanceof Register source) {
            return moveRegister(place, source);
        }
        if (operand instanceof Immediate constant) {
            boolean fits32 = constant.value() >>> Integer.SIZE == 0;
            Register target = fits32 ? Register.gpr(place.number(), 32) : place;
            asm.mov(target, constant.value());
        } else if (operand instanceof Label label && place.bits() == 64) {
            asm.lea(place, Addresses.at(label));
        } else if (operand instanceof Label label) {
            asm.mov(place, label);
        } else {
            throw unusable(operand);
        }
        return true;
    }

    private boolean moveRegister(Register place, Register source) {
        if (source.cls() != RegisterClass.GPR || source.bits() < 32 || source.bits() > place.bits()) {
            throw unusable(source);
        }
        if (source == place) {
            return false;
        }
        // A 32-bit move clears the upper half.
        asm.mov(Register.gpr(place.number(), source.bits()), source);
        return true;
    }

    static GuestProgramException unusable(Operand operand) {
        return new GuestProgramException(
                "%s as an argument; expected a constant, a label or a general register of 32 bits or the mode's width",
                operand);
    }
}
