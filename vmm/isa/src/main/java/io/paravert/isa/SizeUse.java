package io.paravert.isa;

/** Whether the operands of an instruction, as they are, depend on operand and address size. */
final class SizeUse {
    private SizeUse() {}

    /** Whether an operand's size is the operand size: not so for the memory form of MOV to a segment register. */
    static boolean varies(Instruction in) {
        for (int i = 0; i < in.operandCount(); i++) {
            int spec = Forms.operand(in.form, i);
            boolean register = in.kind(i) == OperandKind.REGISTER;
            if (varies(in, register ? Layout.opRegisterSize(spec) : Layout.opMemorySize(spec))) {
                return true;
            }
        }
        return false;
    }

    /** Whether an operand's size could be the operand size. */
    static boolean mayVary(Instruction in) {
        for (int i = 0; i < in.operandCount(); i++) {
            int spec = Forms.operand(in.form, i);
            if (varies(in, Layout.opRegisterSize(spec)) || varies(in, Layout.opMemorySize(spec))) {
                return true;
            }
        }
        return false;
    }

    private static boolean varies(Instruction in, int size) {
        return switch (size) {
            case Layout.SIZE_V,
                    Layout.SIZE_Y,
                    Layout.SIZE_Z,
                    Layout.SIZE_FAR,
                    Layout.SIZE_2V,
                    Layout.SIZE_ENV,
                    Layout.SIZE_FSAVE -> true;
            case Layout.SIZE_GDT -> in.mode != 2;
            default -> false;
        };
    }

    /** Whether there is an address whose registers show the address size. */
    static boolean usesAddress(Instruction in) {
        for (int i = 0; i < in.operandCount(); i++) {
            int spec = Forms.operand(in.form, i);
            boolean general = Layout.opLocation(spec) == Layout.LOC_RM;
            boolean direct = general && in.mode == 0 && in.base < 0 && in.index < 0;
            if (in.kind(i) == OperandKind.MEMORY && Layout.opLocation(spec) != Layout.LOC_MOFFS && !direct) {
                return true;
            }
            if (Layout.opRegisterSize(spec) == Layout.SIZE_A && in.kind(i) == OperandKind.REGISTER) {
                return true;
            }
        }
        return false;
    }
}
