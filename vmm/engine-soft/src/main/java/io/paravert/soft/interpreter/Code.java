package io.paravert.soft.interpreter;

/** Numbers of operations in the switch of {@link HotLoop}: forms of common instructions, with operands of 32 and 64 bits. */
public final class Code {
    /** Carried out by the operation's statement. */
    public static final int STATEMENT = 0;
    /** As STATEMENT, and sets RIP. */
    public static final int JUMP_STATEMENT = 1;
    /** No instruction: goes on at {@code immediate}. */
    public static final int CONTINUE = 2;

    public static final int JMP = 3;
    public static final int CALL = 4;
    public static final int RET = 5;
    /** Sixteen conditional jumps from here, by condition code. */
    public static final int JCC = 6;

    public static final int MOV_RR64 = 22;
    public static final int MOV_RR32 = 23;
    public static final int MOV_RI = 24;
    public static final int LOAD8 = 25;
    public static final int LOAD16 = 26;
    public static final int LOAD32 = 27;
    public static final int LOAD64 = 28;
    public static final int LOAD32_SIGNED = 29;
    public static final int STORE8 = 30;
    public static final int STORE16 = 31;
    public static final int STORE32 = 32;
    public static final int STORE64 = 33;
    public static final int STORE_IMMEDIATE8 = 34;
    public static final int STORE_IMMEDIATE32 = 35;
    public static final int STORE_IMMEDIATE64 = 36;
    public static final int MOVZX8 = 37;
    public static final int MOVZX16 = 38;
    public static final int MOVSXD = 39;
    public static final int LEA64 = 40;
    public static final int LEA32 = 41;
    public static final int ZERO = 42;
    public static final int PUSH64 = 43;
    public static final int POP64 = 44;

    /** Two-operand arithmetic: an operation's base number, plus a form, plus {@link #BITS64}. */
    public static final int ADD = 45;

    public static final int SUB = 51;
    public static final int CMP = 57;
    public static final int AND = 63;
    public static final int OR = 69;
    public static final int XOR = 75;
    public static final int TEST = 81;
    public static final int RR = 0;
    public static final int RI = 1;
    public static final int RM = 2;
    public static final int BITS64 = 3;

    public static final int INC32 = 87;
    public static final int INC64 = 88;
    public static final int DEC32 = 89;
    public static final int DEC64 = 90;
    public static final int SHL32 = 91;
    public static final int SHL64 = 92;
    public static final int SHR32 = 93;
    public static final int SHR64 = 94;
    public static final int SAR32 = 95;
    public static final int SAR64 = 96;
    public static final int ADC_RR64 = 97;
    public static final int ADC_RI64 = 98;
    public static final int MUL64 = 99;
    public static final int IMUL32 = 100;
    public static final int IMUL64 = 101;
    public static final int CMP_MI8 = 102;
    public static final int CMP_MI32 = 103;
    public static final int CMP_MI64 = 104;
    public static final int TEST_RR8 = 105;
    public static final int CMP_RI8 = 106;
    public static final int CMP_RR8 = 107;
    public static final int NOT64 = 108;
    /** As CONTINUE, after what may have changed translations or modes: nothing is taken for granted. */
    public static final int SYNCHRONIZE = 109;

    private Code() {}
}
