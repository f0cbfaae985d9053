package io.paravert.soft.numeric.x87;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The x87 in memory: FSTENV, FLDENV, FSAVE, FRSTOR in their four layouts, and the x87 part of FXSAVE and XSAVE. Little-endian bytes
 * in an array; the glue moves them between it and guest memory. AMD APM vol. 2, 11.4.4.
 */
public final class X87Image {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Bytes that one register takes in FSAVE. */
    private static final int REGISTER_BYTES = 10;

    private X87Image() {}

    /** How an environment is laid out: by operand size, and by real (also virtual-8086) or protected mode. */
    public enum Layout {
        REAL_16(14),
        PROTECTED_16(14),
        REAL_32(28),
        PROTECTED_32(28);

        private final int environmentBytes;

        Layout(int environmentBytes) {
            this.environmentBytes = environmentBytes;
        }

        /** Size of FSTENV's image. */
        public int environmentBytes() {
            return environmentBytes;
        }

        /** Size of FSAVE's image. */
        public int stateBytes() {
            return environmentBytes + 8 * REGISTER_BYTES;
        }
    }

    /** FNSTENV's image. The instruction then masks all exceptions: {@link #maskAll}, once memory is written. */
    public static void storeEnvironment(X87State f, Layout layout, byte[] to) {
        if (layout.environmentBytes == 14) {
            storeEnvironment16(f, layout, to);
            return;
        }
        INT.set(to, 0, 0xffff_0000 | f.control());
        INT.set(to, 4, 0xffff_0000 | f.status());
        INT.set(to, 8, 0xffff_0000 | f.tagWord());
        int ip = (int) f.instructionPointer();
        int dp = (int) f.dataPointer();
        if (layout == Layout.PROTECTED_32) {
            INT.set(to, 12, ip);
            INT.set(to, 16, f.opcode() << 16 | f.codeSelector());
            INT.set(to, 20, dp);
            INT.set(to, 24, 0xffff_0000 | f.dataSelector());
        } else {
            ip += f.codeSelector() << 4;
            dp += f.dataSelector() << 4;
            INT.set(to, 12, 0xffff_0000 | ip & 0xffff);
            INT.set(to, 16, ip >>> 16 << 12 | f.opcode());
            INT.set(to, 20, 0xffff_0000 | dp & 0xffff);
            INT.set(to, 24, dp >>> 16 << 12);
        }
    }

    private static void storeEnvironment16(X87State f, Layout layout, byte[] to) {
        SHORT.set(to, 0, (short) f.control());
        SHORT.set(to, 2, (short) f.status());
        SHORT.set(to, 4, (short) f.tagWord());
        int ip = (int) f.instructionPointer();
        int dp = (int) f.dataPointer();
        if (layout == Layout.PROTECTED_16) {
            SHORT.set(to, 6, (short) ip);
            SHORT.set(to, 8, (short) f.codeSelector());
            SHORT.set(to, 10, (short) dp);
            SHORT.set(to, 12, (short) f.dataSelector());
        } else {
            ip += f.codeSelector() << 4;
            dp += f.dataSelector() << 4;
            SHORT.set(to, 6, (short) ip);
            SHORT.set(to, 8, (short) (ip >> 16 << 12 | f.opcode()));
            SHORT.set(to, 10, (short) dp);
            SHORT.set(to, 12, (short) (dp >> 16 << 12));
        }
    }

    /** What FNSTENV does after its store. */
    public static void maskAll(X87State f) {
        f.control(f.control() | 0x3f);
    }

    /** FLDENV. */
    public static void loadEnvironment(X87State f, Layout layout, byte[] from) {
        boolean wide = layout.environmentBytes == 28;
        int step = wide ? 4 : 2;
        f.control(half(from, 0));
        f.status(half(from, step));
        f.tagWord(half(from, 2 * step));
        if (layout == Layout.PROTECTED_32) {
            int selectors = (int) INT.get(from, 16);
            f.note(selectors >>> 16, selectors & 0xffff, (int) INT.get(from, 12) & 0xffff_ffffL);
            f.noteData(half(from, 24), (int) INT.get(from, 20) & 0xffff_ffffL);
        } else if (layout == Layout.PROTECTED_16) {
            f.note(0, half(from, 8), half(from, 6)); // that layout has no opcode
            f.noteData(half(from, 12), half(from, 10));
        } else {
            int high = wide ? (int) INT.get(from, 16) : half(from, 8);
            int dataHigh = wide ? (int) INT.get(from, 24) : half(from, 12);
            f.note(high, 0, half(from, 3 * step) | (long) (high >>> 12) << 16);
            f.noteData(0, half(from, 5 * step) | (long) (dataHigh >>> 12) << 16);
        }
    }

    private static int half(byte[] from, int at) {
        return (short) SHORT.get(from, at) & 0xffff;
    }

    /** FNSAVE's image. The instruction then initializes the x87, once memory is written. */
    public static void save(X87State f, Layout layout, byte[] to) {
        storeEnvironment(f, layout, to);
        for (int i = 0; i < 8; i++) {
            int at = layout.environmentBytes + REGISTER_BYTES * i;
            LONG.set(to, at, f.sig(i));
            SHORT.set(to, at + 8, (short) f.se(i));
        }
    }

    /** FRSTOR. */
    public static void restore(X87State f, Layout layout, byte[] from) {
        loadEnvironment(f, layout, from);
        for (int i = 0; i < 8; i++) {
            int at = layout.environmentBytes + REGISTER_BYTES * i;
            f.register(f.physical(i), half(from, at + 8), (long) LONG.get(from, at));
        }
    }

    /**
     * The x87 part of FXSAVE's image: bytes 0 to 23 and 32 to 159; MXCSR and XMM are the glue's. The pointers are stored only while an
     * exception is pending, else as zeros, as AMD's processors do (AMD APM vol. 5, FXSAVE; CPUID Fn8000_0008 EBX[XSaveErPtr]).
     *
     * @param wide the REX.W form, with 64-bit pointers instead of selectors
     */
    public static void fxsave(X87State f, boolean wide, byte[] to) {
        SHORT.set(to, 0, (short) f.control());
        SHORT.set(to, 2, (short) f.status());
        SHORT.set(to, 4, (short) f.occupied());
        boolean pointers = f.pending();
        SHORT.set(to, 6, (short) (pointers ? f.opcode() : 0));
        long ip = wide ? f.instructionPointer() : f.instructionPointer() & 0xffff_ffffL | (long) f.codeSelector() << 32;
        long dp = wide ? f.dataPointer() : f.dataPointer() & 0xffff_ffffL | (long) f.dataSelector() << 32;
        LONG.set(to, 8, pointers ? ip : 0);
        LONG.set(to, 16, pointers ? dp : 0);
        for (int i = 0; i < 8; i++) {
            LONG.set(to, 32 + 16 * i, f.sig(i));
            LONG.set(to, 40 + 16 * i, (long) f.se(i));
        }
    }

    /** The x87 part of FXRSTOR. */
    public static void fxrstor(X87State f, boolean wide, byte[] from) {
        f.control(half(from, 0));
        f.status(half(from, 2));
        f.occupied(from[4]);
        long ip = (long) LONG.get(from, 8);
        long dp = (long) LONG.get(from, 16);
        f.note(half(from, 6), wide ? 0 : (int) (ip >>> 32) & 0xffff, wide ? ip : ip & 0xffff_ffffL);
        f.noteData(wide ? 0 : (int) (dp >>> 32) & 0xffff, wide ? dp : dp & 0xffff_ffffL);
        for (int i = 0; i < 8; i++) {
            f.register(f.physical(i), half(from, 40 + 16 * i), (long) LONG.get(from, 32 + 16 * i));
        }
    }
}
