package io.paravert.vmm.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.paravert.device.MemoryWindow;
import io.paravert.memory.RawMemory;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A region with the direct buffers from which its views are cut. A {@link ByteBuffer} ends at 2 GiB, so there is one for each GiB. */
final class MappedRegion {
    private static final int CHUNK_SHIFT = 30;
    private static final long CHUNK_BYTES = 1L << CHUNK_SHIFT;

    final long gpa;
    final long bytes;
    final long host;
    final boolean writable;
    /** RAM of this guest, which stays while the guest lives. */
    final boolean ram;

    private final AtomicReferenceArray<ByteBuffer> chunks;

    MappedRegion(MemoryRegion region, boolean ram) {
        this.ram = ram;
        this.gpa = region.gpa();
        this.bytes = region.bytes();
        this.host = region.hostAddress();
        this.writable = region.writable();
        this.chunks = new AtomicReferenceArray<>((int) ((bytes + CHUNK_BYTES - 1) >>> CHUNK_SHIFT));
    }

    MemoryRegion describe() {
        return new MemoryRegion(gpa, bytes, host, writable);
    }

    /** True if {@code [address, address + length)} lies inside; {@code length} is not negative. */
    boolean holds(long address, long length) {
        long offset = address - gpa;
        return Long.compareUnsigned(offset, bytes) <= 0 && length <= bytes - offset;
    }

    /** {@code offset + length} lies inside. */
    ByteBuf view(long offset, int length) {
        int first = (int) (offset >>> CHUNK_SHIFT);
        long inChunk = offset - ((long) first << CHUNK_SHIFT);
        ByteBuffer slice = inChunk + length <= CHUNK_BYTES
                ? chunk(first).slice((int) inChunk, length)
                : RawMemory.buffer(host + offset, length);
        return Unpooled.wrappedBuffer(writable ? slice : slice.asReadOnlyBuffer());
    }

    /** As much of {@code [offset, offset + length)}, which lies inside, as one chunk has. */
    ByteBuffer window(long offset, long length, MemoryWindow window) {
        int inChunk = (int) (offset & CHUNK_BYTES - 1);
        int part = (int) Math.min(length, CHUNK_BYTES - inChunk);
        ByteBuffer chunk = chunk((int) (offset >>> CHUNK_SHIFT));
        return window.over(writable ? chunk : chunk.asReadOnlyBuffer(), inChunk, part);
    }

    private ByteBuffer chunk(int index) {
        ByteBuffer chunk = chunks.getAcquire(index);
        if (chunk == null) {
            long start = (long) index << CHUNK_SHIFT;
            chunk = RawMemory.buffer(host + start, (int) Math.min(CHUNK_BYTES, bytes - start));
            chunks.setRelease(index, chunk);
        }
        return chunk;
    }
}
