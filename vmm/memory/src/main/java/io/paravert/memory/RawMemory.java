package io.paravert.memory;

import com.sun.jna.Pointer;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import sun.misc.Unsafe;

/**
 * Unchecked access to host memory by address: the one place that touches {@code sun.misc.Unsafe}, so that a newer JDK's
 * foreign-function API can take its place. Multi-byte values are little-endian in memory, whatever the host's order. Every
 * method may be called from any thread. <b>Nothing is checked</b>: a wrong address kills the process, so that callers check
 * once, at their edge, and nobody outside the monitor may enter this room.
 */
public final class RawMemory {
    private static final Unsafe UNSAFE = unsafe();
    private static final boolean BIG = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    private RawMemory() {}

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public static byte getByte(long address) {
        return UNSAFE.getByte(address);
    }

    public static short getShort(long address) {
        short v = UNSAFE.getShort(address);
        return BIG ? Short.reverseBytes(v) : v;
    }

    public static int getInt(long address) {
        int v = UNSAFE.getInt(address);
        return BIG ? Integer.reverseBytes(v) : v;
    }

    public static long getLong(long address) {
        long v = UNSAFE.getLong(address);
        return BIG ? Long.reverseBytes(v) : v;
    }

    /** An element of an array, whose bounds are not checked. */
    public static long element(long[] array, int index) {
        return UNSAFE.getLong(array, Unsafe.ARRAY_LONG_BASE_OFFSET + (long) Unsafe.ARRAY_LONG_INDEX_SCALE * index);
    }

    public static void putByte(long address, byte value) {
        UNSAFE.putByte(address, value);
    }

    public static void putShort(long address, short value) {
        UNSAFE.putShort(address, BIG ? Short.reverseBytes(value) : value);
    }

    public static void putInt(long address, int value) {
        UNSAFE.putInt(address, BIG ? Integer.reverseBytes(value) : value);
    }

    public static void putLong(long address, long value) {
        UNSAFE.putLong(address, BIG ? Long.reverseBytes(value) : value);
    }

    /** Reads with acquire order: nothing that follows in program order is seen before it. */
    public static short getShortAcquire(long address) {
        short v = getShort(address);
        UNSAFE.loadFence();
        return v;
    }

    /** Reads with acquire order. {@code address} is a multiple of 4. */
    public static int getIntAcquire(long address) {
        int v = UNSAFE.getIntVolatile(null, address);
        return BIG ? Integer.reverseBytes(v) : v;
    }

    /** Reads with acquire order. {@code address} is a multiple of 8. */
    public static long getLongAcquire(long address) {
        long v = UNSAFE.getLongVolatile(null, address);
        return BIG ? Long.reverseBytes(v) : v;
    }

    /** Writes with release order: all that precedes in program order is seen before it. */
    public static void putShortRelease(long address, short value) {
        UNSAFE.storeFence();
        putShort(address, value);
    }

    /** Writes with release order. {@code address} is a multiple of 4. */
    public static void putIntRelease(long address, int value) {
        UNSAFE.putOrderedInt(null, address, BIG ? Integer.reverseBytes(value) : value);
    }

    /** Writes with release order. {@code address} is a multiple of 8. */
    public static void putLongRelease(long address, long value) {
        UNSAFE.putOrderedLong(null, address, BIG ? Long.reverseBytes(value) : value);
    }

    /** Sequentially consistent compare-and-set of an aligned 32-bit word. */
    public static boolean compareAndSetInt(long address, int expected, int value) {
        return BIG
                ? UNSAFE.compareAndSwapInt(null, address, Integer.reverseBytes(expected), Integer.reverseBytes(value))
                : UNSAFE.compareAndSwapInt(null, address, expected, value);
    }

    /** Sequentially consistent compare-and-set of an aligned 64-bit word. */
    public static boolean compareAndSetLong(long address, long expected, long value) {
        return BIG
                ? UNSAFE.compareAndSwapLong(null, address, Long.reverseBytes(expected), Long.reverseBytes(value))
                : UNSAFE.compareAndSwapLong(null, address, expected, value);
    }

    public static void loadFence() {
        UNSAFE.loadFence();
    }

    public static void storeFence() {
        UNSAFE.storeFence();
    }

    public static void fullFence() {
        UNSAFE.fullFence();
    }

    /** Copies {@code bytes} bytes; the ranges may overlap. */
    public static void copy(long source, long target, long bytes) {
        UNSAFE.copyMemory(source, target, bytes);
    }

    public static void fill(long address, long bytes, byte value) {
        UNSAFE.setMemory(address, bytes, value);
    }

    public static void read(long address, byte[] target, int offset, int length) {
        UNSAFE.copyMemory(null, address, target, Unsafe.ARRAY_BYTE_BASE_OFFSET + (long) offset, length);
    }

    public static void write(long address, byte[] source, int offset, int length) {
        UNSAFE.copyMemory(source, Unsafe.ARRAY_BYTE_BASE_OFFSET + (long) offset, null, address, length);
    }

    /** A direct buffer over {@code [address, address + length)}, big-endian as every new buffer; it does not own the memory. */
    public static ByteBuffer buffer(long address, int length) {
        return new Pointer(address).getByteBuffer(0, length).order(ByteOrder.BIG_ENDIAN);
    }

    static long allocate(long bytes) {
        return UNSAFE.allocateMemory(bytes);
    }

    static void free(long address) {
        UNSAFE.freeMemory(address);
    }
}
