package io.paravert.isa;

/**
 * How a form and an operand of the instruction table are packed into integers: the one agreement between the
 * generator, which runs in the build, and the code that reads its tables. The generator compiles this file too, so it
 * may use nothing but the language.
 */
final class Layout {
    private Layout() {}

    /** Operands a form can have. */
    static final int MAX_OPERANDS = 4;

    // --- operand specification: where the operand is found in the encoding (bits 0-4)
    static final int LOC_NONE = 0;
    static final int LOC_REG = 1;
    static final int LOC_RM = 2;
    static final int LOC_VVVV = 3;
    static final int LOC_OPCODE = 4;
    static final int LOC_IS4 = 5;
    static final int LOC_IMM1 = 6;
    static final int LOC_IMM2 = 7;
    static final int LOC_REL = 8;
    static final int LOC_MOFFS = 9;
    static final int LOC_FAR = 10;
    static final int LOC_FIXED = 11;
    static final int LOC_ONE = 12;
    static final int LOC_SI = 13;
    static final int LOC_DI = 14;
    static final int LOC_BX = 15;
    /** DS:rDI, whose segment can be overridden (MASKMOVQ). */
    static final int LOC_DS_DI = 16;

    // register class (bits 5-8); the order is that of RegisterClass
    static final int CLS_NONE = 0;
    static final int CLS_GPR = 1;
    static final int CLS_SEG = 2;
    static final int CLS_CR = 3;
    static final int CLS_DR = 4;
    static final int CLS_ST = 5;
    static final int CLS_MMX = 6;
    static final int CLS_VECTOR = 7;

    // sizes: of the register (bits 9-13), of the memory (bits 14-18)
    static final int SIZE_NONE = 0;
    static final int SIZE_8 = 1;
    static final int SIZE_16 = 2;
    static final int SIZE_32 = 3;
    static final int SIZE_64 = 4;
    static final int SIZE_80 = 5;
    static final int SIZE_128 = 6;
    static final int SIZE_256 = 7;
    /** Operand size: 16, 32 or 64. */
    static final int SIZE_V = 8;
    /** 32, or 64 with REX.W or VEX.W. */
    static final int SIZE_Y = 9;
    /** 16 or 32: the operand size, at most 32. */
    static final int SIZE_Z = 10;
    /** 64 in 64-bit code, else 32. */
    static final int SIZE_NATIVE = 11;
    /** A far pointer in memory: selector and offset of operand size, at most 32 bits as on AMD (Intel has 64 too). */
    static final int SIZE_FAR = 12;
    /** Two values of operand size. */
    static final int SIZE_2V = 13;
    /** A descriptor-table register: 16-bit limit and a base of native size. */
    static final int SIZE_GDT = 14;
    /** Vector length. */
    static final int SIZE_X = 15;
    /** Half the vector length. */
    static final int SIZE_XH = 16;
    /** A quarter of the vector length. */
    static final int SIZE_XQ = 17;
    /** An eighth of the vector length. */
    static final int SIZE_XE = 18;
    /** Address size. */
    static final int SIZE_A = 19;

    static final int SIZE_4096 = 20;
    /** x87 environment: 14 or 28 bytes. */
    static final int SIZE_ENV = 21;
    /** x87 state: 94 or 108 bytes. */
    static final int SIZE_FSAVE = 22;

    static final int SIZE_512 = 23;

    static final int OP_REGISTER = 1 << 19;
    static final int OP_MEMORY = 1 << 20;
    static final int OP_READ = 1 << 21;
    static final int OP_WRITE = 1 << 22;
    /** The immediate is sign-extended to the operand size. */
    static final int OP_SIGNED = 1 << 23;
    /** The immediate is an unsigned number. */
    static final int OP_UNSIGNED = 1 << 24;
    /** The index register is a vector: XMM, or YMM with OP_VSIB_Y; with both bits by vector length. */
    static final int OP_VSIB_X = 1 << 25;

    static final int OP_VSIB_Y = 1 << 26;
    /** objdump writes no size before the memory operand. */
    static final int OP_UNSIZED = 1 << 27;

    static final int OP_FIXED_SHIFT = 28;

    static int opLocation(int spec) {
        return spec & 31;
    }

    static int opClass(int spec) {
        return spec >>> 5 & 15;
    }

    static int opRegisterSize(int spec) {
        return spec >>> 9 & 31;
    }

    static int opMemorySize(int spec) {
        return spec >>> 14 & 31;
    }

    static int opFixed(int spec) {
        return spec >>> OP_FIXED_SHIFT;
    }

    // --- form flags
    static final int F_MODRM = 1;
    /** 64-bit operand size is the default in 64-bit code, 32-bit cannot be had. */
    static final int F_D64 = 1 << 1;

    static final int F_LOCK = 1 << 2;
    static final int F_VVVV = 1 << 3;
    static final int F_VEX = 1 << 4;
    /** 66 is part of the opcode, and no operand-size prefix. */
    static final int F_P66 = 1 << 5;

    static final int F_IMM_SHIFT = 6;
    static final int IMM_NONE = 0;
    static final int IMM_B = 1;
    static final int IMM_W = 2;
    static final int IMM_Z = 3;
    static final int IMM_V = 4;
    static final int IMM_MOFFS = 5;
    static final int IMM_FAR = 6;
    /** A second immediate of one byte follows the first. */
    static final int F_IMM2 = 1 << 9;

    static final int F_NO64 = 1 << 10;
    static final int F_ONLY64 = 1 << 11;
    /** Control flow, 4 bits; the order is that of ControlFlow. */
    static final int F_FLOW_SHIFT = 12;

    static final int FLOW_RETURN = 4;

    static final int F_REP = 1 << 16;
    static final int F_REPZ = 1 << 17;
    /** ModRM.rm names a register whatever ModRM.mod says. */
    static final int F_ANYMOD = 1 << 18;
    /** The number of the segment, control or debug register has to be checked. */
    static final int F_CHECK = 1 << 19;
    /** LOCK turns CR0 into CR8 (AMD AltMovCr8). */
    static final int F_ALTCR8 = 1 << 20;
    /** Decoded, but never chosen by the encoder. */
    static final int F_ALIAS = 1 << 21;
    /** The opcode's register must not be the accumulator. */
    static final int F_NOTRAX = 1 << 22;

    static final int F_CPL0 = 1 << 23;
    static final int F_IO = 1 << 24;
    static final int F_BITBASE = 1 << 25;
    /** The BND (F2) prefix has a meaning. */
    static final int F_BND = 1 << 26;
    /** A 66 prefix changes what the form does. */
    static final int F_OPSIZE = 1 << 27;
    /** VEX.W or REX.W is part of the opcode or gives the operand size. */
    static final int F_USES_W = 1 << 28;
    /** Gather: needs a SIB byte, and three different registers. */
    static final int F_GATHER = 1 << 29;

    /** F2 or F3 is part of the opcode. */
    static final int F_REP_OPCODE = 1 << 30;

    static int flagsImmediate(int flags) {
        return flags >>> F_IMM_SHIFT & 7;
    }

    static int flagsFlow(int flags) {
        return flags >>> F_FLOW_SHIFT & 15;
    }

    // --- how the formatter names the form
    static final int NAME_PLAIN = 0;
    /** A size letter follows when the operand size is not the usual one: pushfw, iretq. */
    static final int NAME_SUFFIX = 1;
    /** d or q follows in 64-bit code: sysretq. */
    static final int NAME_DQ = 2;
    /** w or d follows outside 64-bit code: lgdtd. */
    static final int NAME_GDT = 3;
    /** movabs in 64-bit code. */
    static final int NAME_ABS = 4;
    /** 66 90 is written xchg ax,ax. */
    static final int NAME_NOP = 5;
    /** The comparison is part of the name: cmpltps. */
    static final int NAME_COMPARE = 6;
    /** The choice of quadwords is part of the name: pclmulhqlqdq. */
    static final int NAME_CARRYLESS = 7;
    /** q follows with REX.W: pcmpestriq. */
    static final int NAME_W = 8;

    // --- encoding word
    static final int E_OPCODE_MASK = 0xff;
    static final int E_MAP_SHIFT = 8;
    static final int E_PP_SHIFT = 10;
    static final int E_PP_GIVEN = 1 << 12;
    static final int E_PLUS_R = 1 << 13;
    /** ModRM.reg, 0-7, or 8 when an operand gives it. */
    static final int E_DIGIT_SHIFT = 14;

    static final int E_MOD_SHIFT = 18;
    static final int MOD_ANY = 0;
    static final int MOD_MEMORY = 1;
    static final int MOD_REGISTER = 2;
    static final int MOD_FIXED_RM = 3;
    static final int E_RM_SHIFT = 20;
    static final int E_W_SHIFT = 23;
    static final int W_ANY = 0;
    static final int W_0 = 1;
    static final int W_1 = 2;
    static final int W_SIZE = 3;
    static final int E_L_SHIFT = 25;
    static final int L_0 = 0;
    static final int L_1 = 1;
    static final int L_OPERAND = 2;
    /** Required operand size: 0 any, 1, 2, 3 for 16, 32, 64. */
    static final int E_OSZ_SHIFT = 27;
    /** Required address size: 0 any, 1, 2, 3 for 16, 32, 64. */
    static final int E_ASZ_SHIFT = 29;

    // --- decision tree: what a node asks
    static final int ASK_MODE64 = 0;
    static final int ASK_REX_B = 1;
    static final int ASK_PREFIX = 2;
    static final int ASK_MOD = 3;
    static final int ASK_REG = 4;
    static final int ASK_RM = 5;
    static final int ASK_OPERAND_SIZE = 6;
    static final int ASK_ADDRESS_SIZE = 7;
    static final int ASK_W = 8;
    static final int ASK_L = 9;
    /** Answers of each question. */
    static final String ASK_ANSWERS = "\2\2\4\2\10\10\3\3\2\2";
    /** Set in a reference that names a node; otherwise it is a form's index plus one, or 0 for an invalid opcode. */
    static final int TREE_NODE = 0x8000;

    /** Opcode maps: one-byte, 0F, 0F 38, 0F 3A, then VEX maps 1-3. */
    static final int MAPS = 7;

    // --- implied registers and flags, one long
    static final int I_READ_SHIFT = 0;
    static final int I_WRITE_SHIFT = 16;
    static final int I_FLAGS_READ_SHIFT = 32;
    static final int I_FLAGS_WRITTEN_SHIFT = 42;
    static final int I_FLAGS_UNDEFINED_SHIFT = 52;
    static final int I_XMM0_READ = 62;
    static final int I_XMM0_WRITTEN = 63;
    /** Letters of the flags in the table, by bit; RFLAGS positions are those of the second string. */
    static final String FLAG_LETTERS = "cpazstidok";

    static final String FLAG_POSITIONS = "\0\2\4\6\7\10\11\12\13\22";
}
