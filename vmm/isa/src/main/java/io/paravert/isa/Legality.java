package io.paravert.isa;

/** What makes a known opcode invalid after all: LOCK, VEX.vvvv, and registers that do not exist. */
final class Legality {
    private static final int CHECKED = Layout.F_CHECK | Layout.F_GATHER;

    private Legality() {}

    static boolean holds(Instruction in) {
        int flags = in.flags;
        if ((in.prefixes & Prefixes.LOCK) != 0 && !lockable(in)) {
            return false;
        }
        if ((flags & (Layout.F_VEX | Layout.F_VVVV)) == Layout.F_VEX && !in.vvvvUnused) {
            return false;
        }
        return (flags & CHECKED) == 0 || registersExist(in);
    }

    private static boolean lockable(Instruction in) {
        if ((in.flags & Layout.F_ALTCR8) != 0) {
            return (in.modrm & 0x38) == 0 && (in.rex & 4) == 0;
        }
        return (in.flags & Layout.F_LOCK) != 0 && in.modrm < 0xc0;
    }

    private static boolean registersExist(Instruction in) {
        if ((in.flags & Layout.F_GATHER) != 0) {
            return gatherIsValid(in);
        }
        for (int i = 0; i < 2; i++) {
            int spec = Forms.operand(in.form, i);
            int number = in.modrm >> 3 & 7;
            boolean exists = switch (Layout.opClass(spec)) {
                case Layout.CLS_SEG -> number <= 5 && !(number == 1 && (spec & Layout.OP_WRITE) != 0);
                case Layout.CLS_CR -> controlRegisterExists(number | in.rex << 1 & 8);
                case Layout.CLS_DR -> (in.rex & 4) == 0;
                default -> true;
            };
            if (!exists) {
                return false;
            }
        }
        return true;
    }

    private static boolean controlRegisterExists(int number) {
        return number == 0 || number >= 2 && number <= 4 || number == 8;
    }

    /** The address needs a vector index; destination, index and mask must differ (Intel SDM vol. 2, VGATHER). */
    private static boolean gatherIsValid(Instruction in) {
        int destination = in.modrm >> 3 & 7 | in.rex << 1 & 8;
        return in.hasSib && destination != in.index && destination != in.vvvv && in.index != in.vvvv;
    }
}
