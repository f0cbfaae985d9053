package io.paravert.device;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * The bytes that a request names: ranges of guest memory, each checked when it was added, seen as one run of bytes that
 * begins at offset 0. Little-endian. Made once and filled anew for each request, so that a request costs no garbage.
 *
 * <p>The guest can change the bytes at any time: read each field once. One thread at a time. Offsets out of the run are the
 * device's mistake ({@link IndexOutOfBoundsException}); memory that has gone away since it was checked is
 * {@link GuestAddressException}.
 */
public final class GuestBuffer {
    /** What {@link #fillZero} writes at once. */
    private static final int FILL_BYTES = 4096;

    private static final byte[] ZEROS = new byte[FILL_BYTES];

    private final GuestMemoryView memory;
    private final boolean writable;
    private long[] gpas = new long[4];
    /** Offset of each range's first byte in the run. */
    private long[] starts = new long[4];

    private int ranges;
    private long length;
    private final MemoryWindow window = new MemoryWindow();
    /** The range that was used last: requests are mostly read from front to back. */
    private int recent;

    /** @param writable true if the device is to write it, false if it is only to read it */
    public GuestBuffer(GuestMemoryView memory, boolean writable) {
        this.memory = memory;
        this.writable = writable;
    }

    /** Forgets all ranges. */
    public void clear() {
        ranges = 0;
        length = 0;
        recent = 0;
    }

    /**
     * Appends {@code [gpa, gpa + bytes)}.
     *
     * @param bytes at least 1; the sum of all ranges stays below 2^63
     * @throws GuestAddressException if it is not wholly guest memory; nothing is appended then
     */
    public void add(long gpa, long bytes) {
        if (bytes <= 0 || length + bytes < 0) {
            throw new IllegalArgumentException("a range of " + bytes + " bytes behind " + length);
        }
        if (!memory.contains(gpa, bytes)) {
            throw new GuestAddressException("[0x" + Long.toHexString(gpa) + ", +" + bytes + ") is not guest memory");
        }
        if (ranges == gpas.length) {
            gpas = Arrays.copyOf(gpas, 2 * ranges);
            starts = Arrays.copyOf(starts, 2 * ranges);
        }
        gpas[ranges] = gpa;
        starts[ranges] = length;
        ranges++;
        length += bytes;
    }

    /** All bytes. */
    public long length() {
        return length;
    }

    /** Number of ranges. */
    public int ranges() {
        return ranges;
    }

    public boolean isWritable() {
        return writable;
    }

    public byte getByte(long offset) {
        Objects.checkIndex(offset, length);
        return memory.getByte(address(offset));
    }

    public int getUnsignedByte(long offset) {
        return getByte(offset) & 0xff;
    }

    public short getShort(long offset) {
        return inOneRange(offset, Short.BYTES) ? memory.getShort(address(offset)) : (short) gather(offset, Short.BYTES);
    }

    public int getInt(long offset) {
        return inOneRange(offset, Integer.BYTES) ? memory.getInt(address(offset)) : (int) gather(offset, Integer.BYTES);
    }

    public long getLong(long offset) {
        return inOneRange(offset, Long.BYTES) ? memory.getLong(address(offset)) : gather(offset, Long.BYTES);
    }

    public void putByte(long offset, int value) {
        requireWritable();
        Objects.checkIndex(offset, length);
        memory.putByte(address(offset), (byte) value);
    }

    public void putShort(long offset, int value) {
        requireWritable();
        if (inOneRange(offset, Short.BYTES)) {
            memory.putShort(address(offset), (short) value);
        } else {
            scatter(offset, Short.BYTES, value);
        }
    }

    public void putInt(long offset, int value) {
        requireWritable();
        if (inOneRange(offset, Integer.BYTES)) {
            memory.putInt(address(offset), value);
        } else {
            scatter(offset, Integer.BYTES, value);
        }
    }

    public void putLong(long offset, long value) {
        requireWritable();
        if (inOneRange(offset, Long.BYTES)) {
            memory.putLong(address(offset), value);
        } else {
            scatter(offset, Long.BYTES, value);
        }
    }

    /** Copies bytes from {@code offset} on into {@code target[at .. at + bytes)}. */
    public void read(long offset, byte[] target, int at, int bytes) {
        Objects.checkFromIndexSize(offset, bytes, length);
        Objects.checkFromIndexSize(at, bytes, target.length);
        for (int done = 0; done < bytes; ) {
            int range = locate(offset + done);
            int part = (int) Math.min(bytes - done, end(range) - offset - done);
            memory.read(gpas[range] + (offset + done - starts[range]), target, at + done, part);
            done += part;
        }
    }

    /** Copies {@code source[at .. at + bytes)} to {@code offset} and on. */
    public void write(long offset, byte[] source, int at, int bytes) {
        requireWritable();
        Objects.checkFromIndexSize(offset, bytes, length);
        Objects.checkFromIndexSize(at, bytes, source.length);
        for (int done = 0; done < bytes; ) {
            int range = locate(offset + done);
            int part = (int) Math.min(bytes - done, end(range) - offset - done);
            memory.write(gpas[range] + (offset + done - starts[range]), source, at + done, part);
            done += part;
        }
    }

    /** Writes zeros to {@code [offset, offset + bytes)}. */
    public void fillZero(long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, length);
        for (long done = 0; done < bytes; ) {
            int part = (int) Math.min(FILL_BYTES, bytes - done);
            write(offset + done, ZEROS, 0, part);
            done += part;
        }
    }

    /**
     * Zero-copy views of {@code [offset, offset + bytes)}, in order, for scatter and gather I/O. They must not be kept beyond
     * the request. Allocates.
     */
    public ByteBuffer[] views(long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, length);
        ByteBuffer[] views = new ByteBuffer[viewCount(offset, bytes)];
        long done = 0;
        for (int i = 0; i < views.length; i++) {
            int range = locate(offset + done);
            long part = partLength(offset, bytes, done, range);
            ByteBuf view = memory.view(gpas[range] + (offset + done - starts[range]), part);
            if (writable && view.isReadOnly()) {
                throw new GuestAddressException(
                        "[0x" + Long.toHexString(gpas[range]) + ", +" + part + ") is read-only");
            }
            views[i] = view.nioBuffer();
            done += part;
        }
        return views;
    }

    /**
     * A zero-copy view of the first part of {@code [offset, offset + bytes)}: as much as lies together. It is valid until the
     * next call. Costs no garbage.
     *
     * @param bytes at least 1
     * @return a direct buffer with at least one byte remaining
     */
    public ByteBuffer piece(long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, length);
        int range = locate(offset);
        long gpa = gpas[range] + (offset - starts[range]);
        ByteBuffer piece = memory.window(gpa, partLength(offset, bytes, 0, range), window);
        if (writable && piece.isReadOnly()) {
            throw new GuestAddressException("0x" + Long.toHexString(gpa) + " is read-only");
        }
        return piece;
    }

    private int viewCount(long offset, long bytes) {
        int count = 0;
        for (long done = 0; done < bytes; count++) {
            done += partLength(offset, bytes, done, locate(offset + done));
        }
        return count;
    }

    /** What one view takes: no more than the range has, and no more than a {@link ByteBuffer} can hold. */
    private long partLength(long offset, long bytes, long done, int range) {
        return Math.min(Math.min(bytes - done, end(range) - offset - done), Integer.MAX_VALUE);
    }

    private void requireWritable() {
        if (!writable) {
            throw new IllegalStateException("a device writes to a device-readable buffer");
        }
    }

    private boolean inOneRange(long offset, int bytes) {
        Objects.checkFromIndexSize(offset, bytes, length);
        return offset + bytes <= end(locate(offset));
    }

    /** Offset in the run must exist. */
    private long address(long offset) {
        int range = locate(offset);
        return gpas[range] + (offset - starts[range]);
    }

    private int locate(long offset) {
        int range = recent;
        if (offset < starts[range]) {
            range = 0;
        }
        while (offset >= end(range)) {
            range++;
        }
        recent = range;
        return range;
    }

    private long end(int range) {
        return range + 1 < ranges ? starts[range + 1] : length;
    }

    private long gather(long offset, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (getByte(offset + i) & 0xffL) << (8 * i);
        }
        return value;
    }

    private void scatter(long offset, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            putByte(offset + i, (byte) (value >>> (8 * i)));
        }
    }
}
