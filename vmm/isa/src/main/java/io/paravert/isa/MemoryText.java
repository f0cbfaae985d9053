package io.paravert.isa;

/** Memory operands as objdump writes them. */
final class MemoryText {
    private MemoryText() {}

    static void append(Instruction in, int i, StringBuilder out) {
        out.append(sizeName(in, i));
        int location = Layout.opLocation(Forms.operand(in.form, i));
        switch (location) {
            case Layout.LOC_SI -> string(in.segment(), 6, in, out);
            case Layout.LOC_DI -> string(Register.ES, 7, in, out);
            case Layout.LOC_DS_DI -> string(in.segment(), 7, in, out);
            case Layout.LOC_BX -> string(in.segment(), 3, in, out);
            default -> general(in, location == Layout.LOC_MOFFS, out);
        }
    }

    private static String sizeName(Instruction in, int i) {
        int spec = Forms.operand(in.form, i);
        boolean none = (spec & Layout.OP_UNSIZED) != 0 || Layout.opLocation(spec) == Layout.LOC_MOFFS;
        if (none) {
            return "";
        }
        int bits = in.size(i);
        return bits == 128 && !hasVectorOperand(in.form) ? "OWORD PTR " : Formatter.sizeName(bits);
    }

    private static boolean hasVectorOperand(int form) {
        for (int i = 0; i < Layout.MAX_OPERANDS; i++) {
            if (Layout.opClass(Forms.operand(form, i)) == Layout.CLS_VECTOR) {
                return true;
            }
        }
        return false;
    }

    private static void string(Register segment, int register, Instruction in, StringBuilder out) {
        out.append(segment.text())
                .append(":[")
                .append(Register.gpr(register, in.addressBits).text())
                .append(']');
    }

    private static void general(Instruction in, boolean moffs, StringBuilder out) {
        Register base = in.baseRegister();
        Register index = in.indexRegister();
        boolean noIndex = in.hasSib
                && index == Register.NONE
                && (in.scale != 0
                        || (base == Register.NONE
                                ? in.mode == 1 || in.mode == 2 && in.addressBits == 32
                                : (in.base & 7) != 4));
        boolean direct = base == Register.NONE && index == Register.NONE && !noIndex;
        if (in.segment != 0 && !PrefixText.isNotrack(in)) {
            out.append(in.segmentOverride().text()).append(':');
        } else if (direct) {
            out.append("ds:");
        }
        if (direct) {
            long address = in.displacement();
            out.append("0x").append(Long.toHexString(moffs ? address : masked(address, in)));
            return;
        }
        out.append('[').append(base.text());
        if (index != Register.NONE || noIndex) {
            String none = in.addressBits == 64 ? "riz" : "eiz";
            out.append(base == Register.NONE ? "" : "+").append(noIndex ? none : index.text());
            if (in.addressBits != 16) {
                out.append('*').append(in.scale());
            }
        }
        displacement(in, out);
        out.append(']');
    }

    private static long masked(long address, Instruction in) {
        return in.addressBits == 64 ? address : address & (1L << in.addressBits) - 1;
    }

    private static void displacement(Instruction in, StringBuilder out) {
        if (in.displacementBytes == 0) {
            return;
        }
        long value = in.displacement;
        // Relative to RIP the distance is written as an unsigned number, as objdump does.
        if (in.mode == 2 && in.addressBits == 32 && in.base < 0 && in.index < 0) {
            value &= 0xffff_ffffL;
        }
        boolean negative = value < 0 && in.base != Instruction.BASE_RIP;
        out.append(negative ? '-' : '+').append("0x").append(Long.toHexString(negative ? -value : value));
    }
}
