package io.paravert.soft.vcpu;

/**
 * One decoded instruction, its operands resolved for the mode and the address that it was decoded at. Filled by the decoder,
 * constant afterwards. Kept small: there are hundreds of thousands in a running system.
 */
public final class Op {
    /** Kinds of operand. */
    public static final byte NONE = 0;

    /** General register {@link #dst} or {@link #src}. */
    public static final byte REGISTER = 1;
    /** Bits 8-15 of general register 0 to 3: AH, CH, DH, BH. */
    public static final byte HIGH_BYTE = 2;
    /** Memory at base + index &lt;&lt; scale + displacement. */
    public static final byte MEMORY = 3;
    /** {@link #immediate}. */
    public static final byte IMMEDIATE = 4;
    /** Another register file; the statement knows which. */
    public static final byte OTHER = 5;

    /** {@link #flags}: with a LOCK prefix. */
    public static final byte LOCK = 1;
    /** Repeated: REP or REPE. */
    public static final byte REP = 2;
    /** Repeated while not equal. */
    public static final byte REPNE = 4;
    /** The memory operand's segment has to be checked. */
    public static final byte CHECKED = 8;
    /** Encoded with VEX. */
    public static final byte VEX = 16;
    /** Executed in 64-bit mode. */
    public static final byte IN64 = 32;

    /** The vector operand in memory must be aligned to its size. */
    public static final byte ALIGNED = 64;
    /** A vector instruction with an MMX register. */
    public static final byte MMX = (byte) 128;

    /** Number in the interpreter's switch; 0 sends to {@link #statement}. */
    public short code;
    /** Ordinal of the instruction's {@code Mnemonic}, or -1 for what has none. */
    public short mnemonic = -1;

    /** Bytes from the block's first instruction. */
    public short offset;
    /** Bytes, 1 to 15; 0 for what is no guest instruction. */
    public byte length;

    public byte flags;
    /** Operand size: 8, 16, 32, 64; for vectors 128 or 256 as an unsigned byte. */
    public short bits;
    /** Width of the source where it differs. */
    public short srcBits;

    public byte dstKind;
    public byte dst;
    public byte srcKind;
    public byte src;
    /** A third register: VEX.vvvv, or the register of a three-operand form. */
    public byte third;
    /** Condition code, count, or the like. */
    public byte detail;

    /** Index in {@code Cpu.r} of the base, or ZERO. */
    public byte base;

    public byte index;
    /** Shift of the index, 0 to 3. */
    public byte scale;
    /** 64 less the address size in bits. */
    public byte cut;
    /** Segment register of the memory operand, by number. */
    public byte segment;
    /** Index in {@code Cpu.r} of that segment's base in use, or ZERO. */
    public byte segmentBase;

    /** Displacement; RIP-relative ones are absolute here. */
    public long displacement;
    /** Constant, sign-extended; for direct branches the target. */
    public long immediate;

    public Statement statement;

    public Op(Statement statement) {
        this.statement = statement;
    }

    public boolean has(byte flag) {
        return (flags & flag) != 0;
    }

    /** Operand size in bytes. */
    public int bytes() {
        return bits >> 3;
    }
}
