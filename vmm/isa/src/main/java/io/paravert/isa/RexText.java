package io.paravert.isa;

/** A REX prefix with bits that have no effect, which objdump writes out. */
final class RexText {
    private RexText() {}

    /** rex.W and its like, or an empty string if every bit is used. */
    static String unused(Instruction in) {
        if ((in.prefixes & Prefixes.REX) == 0 || in.rex == used(in) && (in.rex != 0 || namesByteRegister(in))) {
            return "";
        }
        StringBuilder out = new StringBuilder("rex");
        if (in.rex != 0) {
            out.append('.');
        }
        for (int i = 0; i < 4; i++) {
            if ((in.rex >> 3 - i & 1) != 0) {
                out.append("WRXB".charAt(i));
            }
        }
        return out.toString();
    }

    private static int used(Instruction in) {
        boolean sizes = !SizeUse.mayVary(in) || SizeUse.varies(in);
        boolean w = (in.flags & Layout.F_USES_W) != 0 && sizes && !isNearStack(in);
        int used = w || NameText.isFarReturn(in) ? 8 : 0;
        for (int i = 0; i < in.operandCount(); i++) {
            int spec = Forms.operand(in.form, i);
            int cls = Layout.opClass(spec);
            boolean eight = cls == Layout.CLS_SEG || cls == Layout.CLS_MMX || cls == Layout.CLS_ST;
            switch (Layout.opLocation(spec)) {
                case Layout.LOC_REG -> used |= eight ? 0 : 4;
                case Layout.LOC_OPCODE -> used |= 1;
                case Layout.LOC_RM -> used |= in.kind(i) == OperandKind.MEMORY ? memory(in) : eight ? 0 : 1;
                default -> {}
            }
        }
        return used & in.rex;
    }

    private static int memory(Instruction in) {
        return in.hasSib ? 3 : 1;
    }

    /** Stack instructions and near branches are 64 bits wide without REX.W. */
    private static boolean isNearStack(Instruction in) {
        return (in.flags & Layout.F_D64) != 0;
    }

    /** Whether it names SPL, BPL, SIL or DIL, which take a REX prefix without bits. */
    private static boolean namesByteRegister(Instruction in) {
        for (int i = 0; i < in.operandCount(); i++) {
            int spec = Forms.operand(in.form, i);
            boolean eight = Layout.opClass(spec) == Layout.CLS_GPR && Layout.opRegisterSize(spec) == Layout.SIZE_8;
            boolean fixed = Layout.opLocation(spec) == Layout.LOC_FIXED;
            if (eight
                    && !fixed
                    && in.kind(i) == OperandKind.REGISTER
                    && (in.register(i).number() & 4) != 0) {
                return true;
            }
        }
        return false;
    }
}
