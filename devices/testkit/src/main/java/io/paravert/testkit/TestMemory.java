package io.paravert.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.MemoryWindow;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;

/** Guest memory from address 0 on, with an allocator for tests. Any thread. */
public final class TestMemory implements GuestMemoryView {
    private static final VarHandle SHORTS =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Nothing is allocated in the first page, so that address 0 is always a mistake. */
    private static final long FIRST = 0x1000;

    private final ByteBuffer bytes;
    private long nextFree = FIRST;
    private volatile LongConsumer onRead = gpa -> {};
    private volatile LongConsumer onWrite = gpa -> {};
    private volatile LongConsumer onReadLong = gpa -> {};
    private volatile RangeWatcher onDiscard = (gpa, bytes) -> {};

    /** Hears of a range. */
    @FunctionalInterface
    public interface RangeWatcher {
        void range(long gpa, long bytes);
    }

    public TestMemory(int size) {
        // Aligned, so that atomic accesses are allowed at aligned addresses.
        bytes = ByteBuffer.allocateDirect(size + Long.BYTES)
                .alignedSlice(Long.BYTES)
                .slice(0, size)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    public int size() {
        return bytes.capacity();
    }

    /** Zeroed memory that nobody else gets. */
    public synchronized long allocate(long length, int alignment) {
        long gpa = (nextFree + alignment - 1) / alignment * alignment;
        if (gpa + length > size()) {
            throw new IllegalStateException(
                    "the test's memory is full: " + length + " bytes asked, " + size() + " there");
        }
        nextFree = gpa + length;
        return gpa;
    }

    /** Takes all that was allocated back, and zeroes it. */
    public synchronized void freeAll() {
        for (long gpa = FIRST; gpa < nextFree; gpa++) {
            bytes.put((int) gpa, (byte) 0);
        }
        nextFree = FIRST;
    }

    /** Calls back with the address of each typed read by the device from now on, before it is made. */
    public void watchReads(LongConsumer watcher) {
        onRead = watcher;
    }

    /** As {@link #watchReads}, for writes. */
    public void watchWrites(LongConsumer watcher) {
        onWrite = watcher;
    }

    /** Calls back with the address of each read of 8 bytes by the device from now on, before it is made. */
    void watchLongReads(LongConsumer watcher) {
        onReadLong = watcher;
    }

    /** Calls back with each range that the device gives back to the host from now on. */
    public void watchDiscards(RangeWatcher watcher) {
        onDiscard = watcher;
    }

    /** What a range holds, seen by nobody who watches. */
    ByteBuffer peek() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A copy of a range. */
    public byte[] copy(long gpa, int length) {
        byte[] copy = new byte[length];
        bytes.get((int) gpa, copy);
        return copy;
    }

    @Override
    public boolean contains(long gpa, long length) {
        return gpa >= 0 && length >= 0 && gpa <= size() && length <= size() - gpa;
    }

    private int check(long gpa, long length) {
        if (!contains(gpa, length)) {
            throw new GuestAddressException(
                    "[0x" + Long.toHexString(gpa) + ", +" + length + ") is not guest memory of " + size());
        }
        return (int) gpa;
    }

    private int aligned(long gpa, int length) {
        if ((gpa & (length - 1)) != 0) {
            throw new GuestAddressException("0x" + Long.toHexString(gpa) + " is not aligned to " + length);
        }
        return check(gpa, length);
    }

    private int readingLong(int at) {
        onReadLong.accept(at);
        return reading(at);
    }

    private int reading(int at) {
        onRead.accept(at);
        return at;
    }

    private int writing(int at) {
        onWrite.accept(at);
        return at;
    }

    @Override
    public ByteBuf view(long gpa, long length) {
        return Unpooled.wrappedBuffer(bytes.slice(check(gpa, length), (int) length));
    }

    @Override
    public ByteBuffer window(long gpa, long length, MemoryWindow window) {
        return window.over(bytes, check(gpa, length), (int) length);
    }

    @Override
    public byte getByte(long gpa) {
        return bytes.get(reading(check(gpa, Byte.BYTES)));
    }

    @Override
    public short getShort(long gpa) {
        return bytes.getShort(reading(check(gpa, Short.BYTES)));
    }

    @Override
    public int getInt(long gpa) {
        return bytes.getInt(reading(check(gpa, Integer.BYTES)));
    }

    @Override
    public long getLong(long gpa) {
        return bytes.getLong(readingLong(check(gpa, Long.BYTES)));
    }

    @Override
    public void putByte(long gpa, byte value) {
        bytes.put(writing(check(gpa, Byte.BYTES)), value);
    }

    @Override
    public void putShort(long gpa, short value) {
        bytes.putShort(writing(check(gpa, Short.BYTES)), value);
    }

    @Override
    public void putInt(long gpa, int value) {
        bytes.putInt(writing(check(gpa, Integer.BYTES)), value);
    }

    @Override
    public void putLong(long gpa, long value) {
        bytes.putLong(writing(check(gpa, Long.BYTES)), value);
    }

    @Override
    public short getShortAcquire(long gpa) {
        int at = reading(aligned(gpa, Short.BYTES));
        short value = (short) SHORTS.get(bytes, at);
        VarHandle.acquireFence();
        return value;
    }

    @Override
    public int getIntAcquire(long gpa) {
        return (int) INTS.getAcquire(bytes, reading(aligned(gpa, Integer.BYTES)));
    }

    @Override
    public long getLongAcquire(long gpa) {
        return (long) LONGS.getAcquire(bytes, readingLong(aligned(gpa, Long.BYTES)));
    }

    @Override
    public void putShortRelease(long gpa, short value) {
        VarHandle.releaseFence();
        SHORTS.set(bytes, writing(aligned(gpa, Short.BYTES)), value);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        INTS.setRelease(bytes, writing(aligned(gpa, Integer.BYTES)), value);
    }

    @Override
    public void putLongRelease(long gpa, long value) {
        LONGS.setRelease(bytes, writing(aligned(gpa, Long.BYTES)), value);
    }

    @Override
    public boolean compareAndSetInt(long gpa, int expected, int value) {
        return INTS.compareAndSet(bytes, writing(aligned(gpa, Integer.BYTES)), expected, value);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        return LONGS.compareAndSet(bytes, writing(aligned(gpa, Long.BYTES)), expected, value);
    }

    @Override
    public void read(long gpa, byte[] target, int offset, int length) {
        bytes.get(check(gpa, length), target, offset, length);
    }

    @Override
    public void discard(long gpa, long bytes) {
        if (((gpa | bytes) & 0xfff) != 0) {
            throw new GuestAddressException("[0x" + Long.toHexString(gpa) + ", +" + bytes + ") is no range of pages");
        }
        check(gpa, bytes);
        onDiscard.range(gpa, bytes);
        write(gpa, new byte[(int) bytes], 0, (int) bytes);
    }

    @Override
    public void write(long gpa, byte[] source, int offset, int length) {
        bytes.put(check(gpa, length), source, offset, length);
    }
}
