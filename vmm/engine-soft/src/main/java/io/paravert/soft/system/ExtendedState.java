package io.paravert.soft.system;

import static io.paravert.soft.state.Control.XCR0_AVX;
import static io.paravert.soft.state.Control.XCR0_SSE;
import static io.paravert.soft.state.Control.XCR0_X87;

import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.numeric.x87.X87Image;
import io.paravert.soft.numeric.x87.X87State;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Vector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The x87, MXCSR and the vector registers to and from {@code Cpu.image}, in the places of FXSAVE and the standard form of XSAVE (Intel
 * SDM vol. 1, 13.4). vCPU thread only.
 */
public final class ExtendedState {
    public static final int MXCSR_OFFSET = 24;
    public static final int REGISTERS_OFFSET = 32;
    public static final int XMM_OFFSET = 160;
    /** Legacy area and header. */
    public static final int BASE_BYTES = 576;

    private static final int HEADER = 512;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ExtendedState() {}

    /** Outside 64-bit mode only the first eight registers are saved and restored. */
    private static int registers(Cpu cpu) {
        return cpu.is64() ? 16 : 8;
    }

    /** End of the XMM registers. */
    public static int vectorsEnd(Cpu cpu) {
        return XMM_OFFSET + 16 * registers(cpu);
    }

    /** End of the upper halves of the YMM registers. */
    public static int upperEnd(Cpu cpu) {
        return BASE_BYTES + 16 * registers(cpu);
    }

    public static void putX87(Cpu cpu, boolean wide) {
        LONG.set(cpu.image, 0, 0L);
        X87Image.fxsave(cpu.x87, wide, cpu.image);
    }

    public static void putMxcsr(Cpu cpu) {
        INT.set(cpu.image, MXCSR_OFFSET, cpu.mxcsr.value());
        INT.set(cpu.image, MXCSR_OFFSET + 4, Mxcsr.WRITABLE);
    }

    public static void putSse(Cpu cpu) {
        for (int i = 0; i < registers(cpu); i++) {
            LONG.set(cpu.image, XMM_OFFSET + 16 * i, cpu.vectors[4 * i]);
            LONG.set(cpu.image, XMM_OFFSET + 16 * i + 8, cpu.vectors[4 * i + 1]);
        }
    }

    public static void putAvx(Cpu cpu) {
        for (int i = 0; i < registers(cpu); i++) {
            LONG.set(cpu.image, BASE_BYTES + 16 * i, cpu.vectors[4 * i + 2]);
            LONG.set(cpu.image, BASE_BYTES + 16 * i + 8, cpu.vectors[4 * i + 3]);
        }
    }

    public static void takeX87(Cpu cpu, boolean wide) {
        X87Image.fxrstor(cpu.x87, wide, cpu.image);
    }

    /** #GP for bits that there are not. */
    public static void takeMxcsr(Cpu cpu) {
        int value = (int) INT.get(cpu.image, MXCSR_OFFSET);
        if ((value & ~Mxcsr.WRITABLE) != 0) {
            throw cpu.fault(Vector.GP);
        }
        cpu.mxcsr.value(value);
    }

    public static void takeSse(Cpu cpu) {
        for (int i = 0; i < registers(cpu); i++) {
            cpu.vectors[4 * i] = (long) LONG.get(cpu.image, XMM_OFFSET + 16 * i);
            cpu.vectors[4 * i + 1] = (long) LONG.get(cpu.image, XMM_OFFSET + 16 * i + 8);
        }
    }

    private static void takeAvx(Cpu cpu) {
        for (int i = 0; i < registers(cpu); i++) {
            cpu.vectors[4 * i + 2] = (long) LONG.get(cpu.image, BASE_BYTES + 16 * i);
            cpu.vectors[4 * i + 3] = (long) LONG.get(cpu.image, BASE_BYTES + 16 * i + 8);
        }
    }

    /** Components that are not in their initial state. */
    public static long inUse(Cpu cpu) {
        long low = 0;
        long upper = 0;
        for (int i = 0; i < 16; i++) {
            low |= cpu.vectors[4 * i] | cpu.vectors[4 * i + 1];
            upper |= cpu.vectors[4 * i + 2] | cpu.vectors[4 * i + 3];
        }
        return XCR0_X87 | (low != 0 ? XCR0_SSE : 0) | (upper != 0 ? XCR0_AVX : 0);
    }

    /** Whether XRSTOR would take the header of an image: standard form, and only components of {@code allowed}. */
    public static boolean headerIsGood(byte[] image, long allowed) {
        return ((long) LONG.get(image, HEADER) & ~allowed) == 0
                && ((long) LONG.get(image, HEADER + 8) | (long) LONG.get(image, HEADER + 16)) == 0;
    }

    /** XRSTOR of components, from an image whose header is good; what it does not have gets its initial state. */
    public static void take(Cpu cpu, long wanted, boolean wide) {
        long present = (long) LONG.get(cpu.image, HEADER);
        if ((wanted & (XCR0_SSE | XCR0_AVX)) != 0) {
            takeMxcsr(cpu);
        }
        if ((wanted & present & XCR0_X87) != 0) {
            takeX87(cpu, wide);
        } else if ((wanted & XCR0_X87) != 0) {
            clearX87(cpu.x87);
        }
        if ((wanted & XCR0_SSE) != 0) {
            if ((present & XCR0_SSE) == 0) {
                java.util.Arrays.fill(cpu.image, XMM_OFFSET, vectorsEnd(cpu), (byte) 0);
            }
            takeSse(cpu);
        }
        if ((wanted & XCR0_AVX) != 0) {
            if ((present & XCR0_AVX) == 0) {
                java.util.Arrays.fill(cpu.image, BASE_BYTES, upperEnd(cpu), (byte) 0);
            }
            takeAvx(cpu);
        }
    }

    private static void clearX87(X87State x) {
        x.initialize();
        for (int i = 0; i < 8; i++) {
            x.register(i, 0, 0);
        }
    }

    /** Everything, as XSAVE64 of all components would store it. */
    public static byte[] read(Cpu cpu) {
        java.util.Arrays.fill(cpu.image, (byte) 0);
        putX87(cpu, true);
        putMxcsr(cpu);
        for (int i = 0; i < 16; i++) {
            LONG.set(cpu.image, XMM_OFFSET + 16 * i, cpu.vectors[4 * i]);
            LONG.set(cpu.image, XMM_OFFSET + 16 * i + 8, cpu.vectors[4 * i + 1]);
            LONG.set(cpu.image, BASE_BYTES + 16 * i, cpu.vectors[4 * i + 2]);
            LONG.set(cpu.image, BASE_BYTES + 16 * i + 8, cpu.vectors[4 * i + 3]);
        }
        LONG.set(cpu.image, HEADER, inUse(cpu));
        return cpu.image.clone();
    }

    /**
     * Everything from an image of at least {@link #BASE_BYTES} and at most {@code Cpu.IMAGE_BYTES} bytes, in the order of XSAVE64; false, and
     * nothing changed, if it is not one that XRSTOR64 would take.
     */
    public static boolean write(Cpu cpu, byte[] area) {
        long all = XCR0_X87 | XCR0_SSE | XCR0_AVX;
        boolean upper = area.length >= Cpu.IMAGE_BYTES;
        if (!headerIsGood(area, upper ? all : all & ~XCR0_AVX)
                || ((int) INT.get(area, MXCSR_OFFSET) & ~Mxcsr.WRITABLE) != 0) {
            return false;
        }
        java.util.Arrays.fill(cpu.image, (byte) 0);
        System.arraycopy(area, 0, cpu.image, 0, area.length);
        long present = (long) LONG.get(area, HEADER);
        takeMxcsr(cpu);
        if ((present & XCR0_X87) != 0) {
            takeX87(cpu, true);
        } else {
            clearX87(cpu.x87);
        }
        for (int i = 0; i < 16; i++) {
            boolean sse = (present & XCR0_SSE) != 0;
            boolean avx = (present & XCR0_AVX) != 0;
            cpu.vectors[4 * i] = sse ? (long) LONG.get(area, XMM_OFFSET + 16 * i) : 0;
            cpu.vectors[4 * i + 1] = sse ? (long) LONG.get(area, XMM_OFFSET + 16 * i + 8) : 0;
            cpu.vectors[4 * i + 2] = avx ? (long) LONG.get(area, BASE_BYTES + 16 * i) : 0;
            cpu.vectors[4 * i + 3] = avx ? (long) LONG.get(area, BASE_BYTES + 16 * i + 8) : 0;
        }
        return true;
    }
}
