package io.paravert.soft.interpreter;

/** Numbers of operations in the switch of {@link HotLoop}: forms of common instructions, with operands of 32 and 64 bits. */
final class Code {
    /** Carried out by the operation's statement. */
    static final int STATEMENT = 0;
    /** As STATEMENT, and sets RIP. */
    static final int JUMP_STATEMENT = 1;
    /** No instruction: goes on at {@code immediate}. */
    static final int CONTINUE = 2;

    static final int JMP = 3;
    static final int CALL = 4;
    static final int RET = 5;
    /** Sixteen conditional jumps from here, by condition code. */
    static final int JCC = 6;

    static final int MOV_RR64 = 22;
    static final int MOV_RR32 = 23;
    static final int MOV_RI = 24;
    static final int LOAD8 = 25;
    static final int LOAD16 = 26;
    static final int LOAD32 = 27;
    static final int LOAD64 = 28;
    static final int LOAD32_SIGNED = 29;
    static final int STORE8 = 30;
    static final int STORE16 = 31;
    static final int STORE32 = 32;
    static final int STORE64 = 33;
    static final int STORE_IMMEDIATE8 = 34;
    static final int STORE_IMMEDIATE32 = 35;
    static final int STORE_IMMEDIATE64 = 36;
    static final int MOVZX8 = 37;
    static final int MOVZX16 = 38;
    static final int MOVSXD = 39;
    static final int LEA64 = 40;
    static final int LEA32 = 41;
    static final int ZERO = 42;
    static final int PUSH64 = 43;
    static final int POP64 = 44;

    /** Two-operand arithmetic: an operation's base number, plus a form, plus {@link #BITS64}. */
    static final int ADD = 45;

    static final int SUB = 51;
    static final int CMP = 57;
    static final int AND = 63;
    static final int OR = 69;
    static final int XOR = 75;
    static final int TEST = 81;
    static final int RR = 0;
    static final int RI = 1;
    static final int RM = 2;
    static final int BITS64 = 3;

    static final int INC32 = 87;
    static final int INC64 = 88;
    static final int DEC32 = 89;
    static final int DEC64 = 90;
    static final int SHL32 = 91;
    static final int SHL64 = 92;
    static final int SHR32 = 93;
    static final int SHR64 = 94;
    static final int SAR32 = 95;
    static final int SAR64 = 96;
    static final int ADC_RR64 = 97;
    static final int ADC_RI64 = 98;
    static final int MUL64 = 99;
    static final int IMUL32 = 100;
    static final int IMUL64 = 101;
    static final int CMP_MI8 = 102;
    static final int CMP_MI32 = 103;
    static final int CMP_MI64 = 104;
    static final int TEST_RR8 = 105;
    static final int CMP_RI8 = 106;
    static final int CMP_RR8 = 107;
    static final int NOT64 = 108;
    /** As CONTINUE, after what may have changed translations or modes: nothing is taken for granted. */
    static final int SYNCHRONIZE = 109;

    private Code() {}
}
