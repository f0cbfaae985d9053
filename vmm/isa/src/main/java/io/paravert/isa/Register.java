package io.paravert.isa;

import java.util.Locale;

/** The registers an instruction can name. */
public enum Register implements Operand {
    // 8-bit
    AL(RegisterClass.GPR, 0, 8),
    CL(RegisterClass.GPR, 1, 8),
    DL(RegisterClass.GPR, 2, 8),
    BL(RegisterClass.GPR, 3, 8),
    SPL(RegisterClass.GPR, 4, 8),
    BPL(RegisterClass.GPR, 5, 8),
    SIL(RegisterClass.GPR, 6, 8),
    DIL(RegisterClass.GPR, 7, 8),
    R8B(RegisterClass.GPR, 8, 8),
    R9B(RegisterClass.GPR, 9, 8),
    R10B(RegisterClass.GPR, 10, 8),
    R11B(RegisterClass.GPR, 11, 8),
    R12B(RegisterClass.GPR, 12, 8),
    R13B(RegisterClass.GPR, 13, 8),
    R14B(RegisterClass.GPR, 14, 8),
    R15B(RegisterClass.GPR, 15, 8),
    // the second byte of AX, CX, DX and BX; encoded as 4-7 without REX
    AH(RegisterClass.HIGH_BYTE, 4, 8),
    CH(RegisterClass.HIGH_BYTE, 5, 8),
    DH(RegisterClass.HIGH_BYTE, 6, 8),
    BH(RegisterClass.HIGH_BYTE, 7, 8),
    // 16-bit
    AX(RegisterClass.GPR, 0, 16),
    CX(RegisterClass.GPR, 1, 16),
    DX(RegisterClass.GPR, 2, 16),
    BX(RegisterClass.GPR, 3, 16),
    SP(RegisterClass.GPR, 4, 16),
    BP(RegisterClass.GPR, 5, 16),
    SI(RegisterClass.GPR, 6, 16),
    DI(RegisterClass.GPR, 7, 16),
    R8W(RegisterClass.GPR, 8, 16),
    R9W(RegisterClass.GPR, 9, 16),
    R10W(RegisterClass.GPR, 10, 16),
    R11W(RegisterClass.GPR, 11, 16),
    R12W(RegisterClass.GPR, 12, 16),
    R13W(RegisterClass.GPR, 13, 16),
    R14W(RegisterClass.GPR, 14, 16),
    R15W(RegisterClass.GPR, 15, 16),
    // 32-bit
    EAX(RegisterClass.GPR, 0, 32),
    ECX(RegisterClass.GPR, 1, 32),
    EDX(RegisterClass.GPR, 2, 32),
    EBX(RegisterClass.GPR, 3, 32),
    ESP(RegisterClass.GPR, 4, 32),
    EBP(RegisterClass.GPR, 5, 32),
    ESI(RegisterClass.GPR, 6, 32),
    EDI(RegisterClass.GPR, 7, 32),
    R8D(RegisterClass.GPR, 8, 32),
    R9D(RegisterClass.GPR, 9, 32),
    R10D(RegisterClass.GPR, 10, 32),
    R11D(RegisterClass.GPR, 11, 32),
    R12D(RegisterClass.GPR, 12, 32),
    R13D(RegisterClass.GPR, 13, 32),
    R14D(RegisterClass.GPR, 14, 32),
    R15D(RegisterClass.GPR, 15, 32),
    // 64-bit
    RAX(RegisterClass.GPR, 0, 64),
    RCX(RegisterClass.GPR, 1, 64),
    RDX(RegisterClass.GPR, 2, 64),
    RBX(RegisterClass.GPR, 3, 64),
    RSP(RegisterClass.GPR, 4, 64),
    RBP(RegisterClass.GPR, 5, 64),
    RSI(RegisterClass.GPR, 6, 64),
    RDI(RegisterClass.GPR, 7, 64),
    R8(RegisterClass.GPR, 8, 64),
    R9(RegisterClass.GPR, 9, 64),
    R10(RegisterClass.GPR, 10, 64),
    R11(RegisterClass.GPR, 11, 64),
    R12(RegisterClass.GPR, 12, 64),
    R13(RegisterClass.GPR, 13, 64),
    R14(RegisterClass.GPR, 14, 64),
    R15(RegisterClass.GPR, 15, 64),
    // segments
    ES(RegisterClass.SEGMENT, 0, 16),
    CS(RegisterClass.SEGMENT, 1, 16),
    SS(RegisterClass.SEGMENT, 2, 16),
    DS(RegisterClass.SEGMENT, 3, 16),
    FS(RegisterClass.SEGMENT, 4, 16),
    GS(RegisterClass.SEGMENT, 5, 16),
    // control
    CR0(RegisterClass.CONTROL, 0, 64),
    CR1(RegisterClass.CONTROL, 1, 64),
    CR2(RegisterClass.CONTROL, 2, 64),
    CR3(RegisterClass.CONTROL, 3, 64),
    CR4(RegisterClass.CONTROL, 4, 64),
    CR5(RegisterClass.CONTROL, 5, 64),
    CR6(RegisterClass.CONTROL, 6, 64),
    CR7(RegisterClass.CONTROL, 7, 64),
    CR8(RegisterClass.CONTROL, 8, 64),
    CR9(RegisterClass.CONTROL, 9, 64),
    CR10(RegisterClass.CONTROL, 10, 64),
    CR11(RegisterClass.CONTROL, 11, 64),
    CR12(RegisterClass.CONTROL, 12, 64),
    CR13(RegisterClass.CONTROL, 13, 64),
    CR14(RegisterClass.CONTROL, 14, 64),
    CR15(RegisterClass.CONTROL, 15, 64),
    // debug
    DR0(RegisterClass.DEBUG, 0, 64),
    DR1(RegisterClass.DEBUG, 1, 64),
    DR2(RegisterClass.DEBUG, 2, 64),
    DR3(RegisterClass.DEBUG, 3, 64),
    DR4(RegisterClass.DEBUG, 4, 64),
    DR5(RegisterClass.DEBUG, 5, 64),
    DR6(RegisterClass.DEBUG, 6, 64),
    DR7(RegisterClass.DEBUG, 7, 64),
    DR8(RegisterClass.DEBUG, 8, 64),
    DR9(RegisterClass.DEBUG, 9, 64),
    DR10(RegisterClass.DEBUG, 10, 64),
    DR11(RegisterClass.DEBUG, 11, 64),
    DR12(RegisterClass.DEBUG, 12, 64),
    DR13(RegisterClass.DEBUG, 13, 64),
    DR14(RegisterClass.DEBUG, 14, 64),
    DR15(RegisterClass.DEBUG, 15, 64),
    // x87
    ST0(RegisterClass.X87, 0, 80),
    ST1(RegisterClass.X87, 1, 80),
    ST2(RegisterClass.X87, 2, 80),
    ST3(RegisterClass.X87, 3, 80),
    ST4(RegisterClass.X87, 4, 80),
    ST5(RegisterClass.X87, 5, 80),
    ST6(RegisterClass.X87, 6, 80),
    ST7(RegisterClass.X87, 7, 80),
    // MMX
    MM0(RegisterClass.MMX, 0, 64),
    MM1(RegisterClass.MMX, 1, 64),
    MM2(RegisterClass.MMX, 2, 64),
    MM3(RegisterClass.MMX, 3, 64),
    MM4(RegisterClass.MMX, 4, 64),
    MM5(RegisterClass.MMX, 5, 64),
    MM6(RegisterClass.MMX, 6, 64),
    MM7(RegisterClass.MMX, 7, 64),
    // SSE
    XMM0(RegisterClass.VECTOR, 0, 128),
    XMM1(RegisterClass.VECTOR, 1, 128),
    XMM2(RegisterClass.VECTOR, 2, 128),
    XMM3(RegisterClass.VECTOR, 3, 128),
    XMM4(RegisterClass.VECTOR, 4, 128),
    XMM5(RegisterClass.VECTOR, 5, 128),
    XMM6(RegisterClass.VECTOR, 6, 128),
    XMM7(RegisterClass.VECTOR, 7, 128),
    XMM8(RegisterClass.VECTOR, 8, 128),
    XMM9(RegisterClass.VECTOR, 9, 128),
    XMM10(RegisterClass.VECTOR, 10, 128),
    XMM11(RegisterClass.VECTOR, 11, 128),
    XMM12(RegisterClass.VECTOR, 12, 128),
    XMM13(RegisterClass.VECTOR, 13, 128),
    XMM14(RegisterClass.VECTOR, 14, 128),
    XMM15(RegisterClass.VECTOR, 15, 128),
    // AVX
    YMM0(RegisterClass.VECTOR, 0, 256),
    YMM1(RegisterClass.VECTOR, 1, 256),
    YMM2(RegisterClass.VECTOR, 2, 256),
    YMM3(RegisterClass.VECTOR, 3, 256),
    YMM4(RegisterClass.VECTOR, 4, 256),
    YMM5(RegisterClass.VECTOR, 5, 256),
    YMM6(RegisterClass.VECTOR, 6, 256),
    YMM7(RegisterClass.VECTOR, 7, 256),
    YMM8(RegisterClass.VECTOR, 8, 256),
    YMM9(RegisterClass.VECTOR, 9, 256),
    YMM10(RegisterClass.VECTOR, 10, 256),
    YMM11(RegisterClass.VECTOR, 11, 256),
    YMM12(RegisterClass.VECTOR, 12, 256),
    YMM13(RegisterClass.VECTOR, 13, 256),
    YMM14(RegisterClass.VECTOR, 14, 256),
    YMM15(RegisterClass.VECTOR, 15, 256),
    // instruction pointers, as bases of addresses only
    EIP(RegisterClass.IP, 0, 32),
    RIP(RegisterClass.IP, 0, 64),
    // no register
    NONE(RegisterClass.NONE, 0, 0);

    private static final Register[] VALUES = values();

    private final RegisterClass cls;
    private final int number;
    private final int bits;
    private final String text;

    Register(RegisterClass cls, int number, int bits) {
        this.cls = cls;
        this.number = number;
        this.bits = bits;
        this.text = name().equals("NONE") ? "" : name().toLowerCase(Locale.ROOT);
    }

    /** What the register belongs to. */
    public RegisterClass cls() {
        return cls;
    }

    /** The register's number in encodings, 0-15; AH, CH, DH and BH are 4-7. */
    public int number() {
        return number;
    }

    /** The register's width in bits; control and debug registers count as 64. */
    public int bits() {
        return bits;
    }

    /** The name in lower case as Intel syntax writes it, except that ST(1) is {@code st1}. */
    public String text() {
        return text;
    }

    /** The general-purpose register of this number (0-15) and width (8, 16, 32 or 64). */
    public static Register gpr(int number, int bits) {
        int row = switch (bits) {
            case 8 -> AL.ordinal();
            case 16 -> AX.ordinal();
            case 32 -> EAX.ordinal();
            case 64 -> RAX.ordinal();
            default -> throw new IsaException("no general-purpose register of " + bits + " bits");
        };
        return VALUES[row + (number & 15)];
    }

    /** AH, CH, DH or BH, by the numbers 4-7. */
    static Register highByte(int number) {
        return VALUES[AH.ordinal() + (number & 3)];
    }

    /** The XMM or YMM register of this number (0-15), by the vector's length in bits. */
    public static Register vector(int number, int bits) {
        return VALUES[(bits == 256 ? YMM0 : XMM0).ordinal() + (number & 15)];
    }

    static Register of(int first, int number) {
        return VALUES[first + number];
    }
}
