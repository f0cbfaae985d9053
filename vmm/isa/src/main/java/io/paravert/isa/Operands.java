package io.paravert.isa;

/** Operands worked out of the parts of an encoding. */
final class Operands {
    static final ControlFlow[] FLOWS = ControlFlow.values();

    private static final int[] PLAIN_SIZES = {0, 8, 16, 32, 64, 80, 128, 256};
    private static final int[] CLASS_FIRST = {
        0,
        0,
        Register.ES.ordinal(),
        Register.CR0.ordinal(),
        Register.DR0.ordinal(),
        Register.ST0.ordinal(),
        Register.MM0.ordinal()
    };

    private Operands() {}

    static OperandKind kind(Instruction in, int spec) {
        return switch (Layout.opLocation(spec)) {
            case Layout.LOC_IMM1, Layout.LOC_IMM2, Layout.LOC_ONE -> OperandKind.IMMEDIATE;
            case Layout.LOC_REL -> OperandKind.RELATIVE;
            case Layout.LOC_FAR -> OperandKind.FAR_POINTER;
            case Layout.LOC_MOFFS, Layout.LOC_SI, Layout.LOC_DI, Layout.LOC_DS_DI, Layout.LOC_BX -> OperandKind.MEMORY;
            case Layout.LOC_RM -> inMemory(in) ? OperandKind.MEMORY : OperandKind.REGISTER;
            default -> OperandKind.REGISTER;
        };
    }

    private static boolean inMemory(Instruction in) {
        return in.modrm < 0xc0 && (in.flags & Layout.F_ANYMOD) == 0;
    }

    static int size(Instruction in, int spec) {
        boolean register = kind(in, spec) == OperandKind.REGISTER;
        return bits(in, register ? Layout.opRegisterSize(spec) : Layout.opMemorySize(spec));
    }

    /** A size code of the table, in bits. */
    static int bits(Instruction in, int code) {
        if (code < PLAIN_SIZES.length) {
            return PLAIN_SIZES[code];
        }
        int wide = in.mode == 2 ? 64 : 32;
        int vector = 128 << in.vectorL;
        return switch (code) {
            case Layout.SIZE_V -> in.operandBits;
            case Layout.SIZE_Y -> (in.rex & 8) != 0 ? wide : 32;
            case Layout.SIZE_Z -> Math.min(in.operandBits, 32);
            case Layout.SIZE_NATIVE -> wide;
            case Layout.SIZE_FAR -> 16 + Math.min(in.operandBits, 32);
            case Layout.SIZE_2V -> 2 * in.operandBits;
            case Layout.SIZE_GDT -> 16 + wide;
            case Layout.SIZE_X -> vector;
            case Layout.SIZE_XH -> vector / 2;
            case Layout.SIZE_XQ -> vector / 4;
            case Layout.SIZE_XE -> vector / 8;
            case Layout.SIZE_A -> in.addressBits;
            case Layout.SIZE_4096 -> 4096;
            case Layout.SIZE_512 -> 512;
            case Layout.SIZE_ENV -> in.operandBits == 16 ? 14 * 8 : 28 * 8;
            default -> in.operandBits == 16 ? 94 * 8 : 108 * 8;
        };
    }

    static Register register(Instruction in, int spec) {
        if (kind(in, spec) != OperandKind.REGISTER) {
            return Register.NONE;
        }
        int number = number(in, spec);
        int cls = Layout.opClass(spec);
        if (cls == Layout.CLS_GPR) {
            int bits = bits(in, Layout.opRegisterSize(spec));
            boolean high = bits == 8
                    && number >= 4
                    && number < 8
                    && (in.prefixes & (Prefixes.REX | Prefixes.VEX)) == 0
                    && Layout.opLocation(spec) != Layout.LOC_FIXED;
            return high ? Register.highByte(number) : Register.gpr(number, bits);
        }
        if (cls == Layout.CLS_VECTOR) {
            return Register.vector(number, bits(in, Layout.opRegisterSize(spec)));
        }
        boolean sixteen = cls == Layout.CLS_CR || cls == Layout.CLS_DR;
        return Register.of(CLASS_FIRST[cls], sixteen ? number : number & 7);
    }

    private static int number(Instruction in, int spec) {
        return switch (Layout.opLocation(spec)) {
            case Layout.LOC_REG -> {
                boolean cr8 = (in.flags & Layout.F_ALTCR8) != 0
                        && (in.prefixes & Prefixes.LOCK) != 0
                        && Layout.opClass(spec) == Layout.CLS_CR;
                yield cr8 ? 8 : in.modrm >> 3 & 7 | in.rex << 1 & 8;
            }
            case Layout.LOC_RM -> in.modrm & 7 | in.rex << 3 & 8;
            case Layout.LOC_VVVV -> in.vvvv;
            case Layout.LOC_OPCODE -> in.opcode & 7 | in.rex << 3 & 8;
            case Layout.LOC_IS4 -> (int) in.immediate >> 4 & (in.mode == 2 ? 15 : 7);
            default -> Layout.opFixed(spec);
        };
    }

    static long immediate(Instruction in, int spec) {
        return switch (Layout.opLocation(spec)) {
            case Layout.LOC_ONE -> 1;
            case Layout.LOC_IMM2 -> (spec & Layout.OP_UNSIGNED) != 0 ? in.immediate2 & 0xff : in.immediate2;
            case Layout.LOC_IMM1, Layout.LOC_REL, Layout.LOC_FAR -> {
                boolean unsigned = (spec & Layout.OP_UNSIGNED) != 0;
                int bits = bits(in, Layout.opMemorySize(spec));
                yield unsigned ? in.immediate & (1L << bits) - 1 : in.immediate;
            }
            default -> 0;
        };
    }

    static Memory memory(Instruction in, int spec) {
        int location = Layout.opLocation(spec);
        int implied = switch (location) {
            case Layout.LOC_SI -> 6;
            case Layout.LOC_DI, Layout.LOC_DS_DI -> 7;
            case Layout.LOC_BX -> 3;
            default -> -1;
        };
        Register segment = location == Layout.LOC_DI ? Register.NONE : in.segmentOverride();
        if (implied >= 0) {
            Register base = Register.gpr(implied, in.addressBits);
            return new Memory(base, Register.NONE, 1, 0, size(in, spec), segment);
        }
        Register index = in.indexRegister();
        int scale = index == Register.NONE ? 1 : in.scale();
        return new Memory(in.baseRegister(), index, scale, in.displacement(), size(in, spec), segment);
    }

    static long moffs(Instruction in) {
        return in.addressBits == 64 ? in.immediate : in.immediate & (1L << in.addressBits) - 1;
    }

    /** The width of a gather's index register. */
    static int vectorIndexBits(Instruction in) {
        int spec = Forms.operand(in.form, 1);
        boolean x = (spec & Layout.OP_VSIB_X) != 0;
        boolean y = (spec & Layout.OP_VSIB_Y) != 0;
        return x && y ? 128 << in.vectorL : y ? 256 : 128;
    }

    /** From the table's ten bits to positions in RFLAGS. */
    static int flagBits(long bits) {
        int out = 0;
        for (int i = 0; i < Layout.FLAG_POSITIONS.length(); i++) {
            out |= (int) (bits >>> i & 1) << Layout.FLAG_POSITIONS.charAt(i);
        }
        return out;
    }
}
