package io.paravert.device;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Guest-physical memory as a device may see it: every access is checked, overflow-safe, against the guest's memory.
 * Little-endian. Any thread. All methods throw {@link GuestAddressException} when a byte of the range is not guest memory;
 * left alone, that becomes -EFAULT for the guest.
 */
public interface GuestMemoryView {
    /** True if all of {@code [gpa, gpa + length)} is guest memory. */
    boolean contains(long gpa, long length);

    /**
     * A zero-copy view of one contiguous range; it must not be kept beyond the request. The guest can change what it shows
     * at any time: read each field once.
     *
     * @param length 0 to 2^31-1 bytes
     */
    ByteBuf view(long gpa, long length);

    /**
     * As {@link #view}, into a buffer that is used again: it is valid until the window's next use.
     *
     * @return a direct buffer whose remaining bytes are the range, or its first part where the host keeps it in several
     */
    default ByteBuffer window(long gpa, long length, MemoryWindow window) {
        int part = (int) Math.min(length, Integer.MAX_VALUE);
        return window.over(view(gpa, part).nioBuffer(), 0, part);
    }

    byte getByte(long gpa);

    short getShort(long gpa);

    int getInt(long gpa);

    long getLong(long gpa);

    void putByte(long gpa, byte value);

    void putShort(long gpa, short value);

    void putInt(long gpa, int value);

    void putLong(long gpa, long value);

    /** {@code gpa} must be a multiple of the width for these five. */
    short getShortAcquire(long gpa);

    int getIntAcquire(long gpa);

    long getLongAcquire(long gpa);

    void putShortRelease(long gpa, short value);

    void putIntRelease(long gpa, int value);

    void putLongRelease(long gpa, long value);

    boolean compareAndSetInt(long gpa, int expected, int value);

    boolean compareAndSetLong(long gpa, long expected, long value);

    void read(long gpa, byte[] target, int offset, int length);

    void write(long gpa, byte[] source, int offset, int length);

    /**
     * Gives pages back to the host: they read as zeros from now on, and cost the host nothing until they are touched again.
     *
     * @param gpa a multiple of 4096, in the guest's own RAM
     * @param bytes a multiple of 4096
     */
    void discard(long gpa, long bytes);
}
