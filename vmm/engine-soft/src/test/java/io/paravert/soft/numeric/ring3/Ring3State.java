package io.paravert.soft.numeric.ring3;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A ring-3 processor state, as the native harness takes and returns it ({@code struct state} in ring3.c). Mutable. */
public final class Ring3State {
    /** Size of the memory that tested code may use, and where it lies (one page, unmapped pages on both sides). */
    public static final int MEM_BYTES = 256;

    public static final int MEM_ADDRESS = 0x2000_0000;
    /** Where tested code lies: absolute, for code that needs far pointers to itself. */
    public static final int CODE_ADDRESS = 0x1010_0000;

    static final int BYTES = 16 * 8 + 8 + 8 + 16 + 160 + 16 * 32 + MEM_BYTES;

    /** RAX RCX RDX RBX RSP RBP RSI RDI R8..R15. */
    public final long[] gpr = new long[16];
    /** Four words a register, lowest first. */
    public final long[] ymm = new long[64];
    /** The first 160 bytes of an FXSAVE64 image, little-endian. */
    public final ByteBuffer fx = ByteBuffer.allocate(160).order(ByteOrder.LITTLE_ENDIAN);

    public final ByteBuffer mem = ByteBuffer.allocate(MEM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    public long rflags;
    /** Out: -1, or the vector of the exception that stopped the code; 255 for code that did not end. */
    public int trap;

    public long cr2;
    /** Out: offset of the instruction at which the code stopped. */
    public long rip;

    public Ring3State() {
        clear();
    }

    /** All zero, but for the control words' initial values. */
    public void clear() {
        java.util.Arrays.fill(gpr, 0);
        java.util.Arrays.fill(ymm, 0);
        java.util.Arrays.fill(fx.array(), (byte) 0);
        java.util.Arrays.fill(mem.array(), (byte) 0);
        rflags = 0x202;
        fx.putShort(0, (short) 0x37f);
        mxcsr(0x1f80);
    }

    public int mxcsr() {
        return fx.getInt(24);
    }

    public void mxcsr(int value) {
        fx.putInt(24, value);
        fx.putInt(28, 0xffff);
    }

    /** The significand of the physical x87 register, which is MMX register {@code r} while TOP is 0. */
    public long mm(int r) {
        return fx.getLong(32 + 16 * r);
    }

    /** Writes an MMX register as MMX instructions do: the exponent becomes all ones. */
    public void mm(int r, long value) {
        fx.putLong(32 + 16 * r, value).putShort(40 + 16 * r, (short) -1);
    }

    public void copyFrom(Ring3State other) {
        System.arraycopy(other.gpr, 0, gpr, 0, gpr.length);
        System.arraycopy(other.ymm, 0, ymm, 0, ymm.length);
        System.arraycopy(other.fx.array(), 0, fx.array(), 0, 160);
        System.arraycopy(other.mem.array(), 0, mem.array(), 0, MEM_BYTES);
        rflags = other.rflags;
        trap = other.trap;
        cr2 = other.cr2;
        rip = other.rip;
    }

    void encode(ByteBuffer to) {
        for (long r : gpr) to.putLong(r);
        to.putLong(rflags).putInt(0).putInt(0).putLong(0).putLong(0);
        to.put(fx.array());
        for (long w : ymm) to.putLong(w);
        to.put(mem.array());
    }

    void decode(ByteBuffer from) {
        for (int i = 0; i < 16; i++) gpr[i] = from.getLong();
        rflags = from.getLong();
        from.getInt();
        int t = from.getInt();
        trap = t == 0 ? -1 : t & 0xff;
        cr2 = from.getLong();
        rip = from.getLong();
        from.get(fx.array());
        for (int i = 0; i < 64; i++) ymm[i] = from.getLong();
        from.get(mem.array());
    }
}
