package io.paravert.memory;

import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * A page-aligned, zeroed block of host memory. On Linux it is an anonymous private mapping, backed by the host page by page
 * as it is touched; elsewhere it comes from the C heap. Any thread may use it; {@link #close} is idempotent and must come
 * after the last access.
 */
public final class HostMapping implements AutoCloseable {
    /** Alignment of every mapping and unit of its size, bytes. */
    public static final int PAGE = 4096;

    private static final boolean LINUX = Platform.isLinux() && Native.POINTER_SIZE == 8;
    /** asm-generic/errno-base.h. */
    private static final int ENOMEM = 12;

    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 2 | 0x20 | 0x4000;
    private static final int MADV_DONTNEED = 4;

    private final long address;
    private final long size;
    private final long heapBlock;
    private boolean closed;

    private HostMapping(long address, long size, long heapBlock) {
        this.address = address;
        this.size = size;
        this.heapBlock = heapBlock;
    }

    /**
     * @param bytes a positive multiple of {@link #PAGE}
     * @throws HostMemoryException if the size is wrong or the host has not that much
     */
    public static HostMapping allocate(long bytes) {
        if (bytes <= 0 || bytes % PAGE != 0) {
            throw new HostMemoryException(
                    "cannot map " + bytes + " bytes: the size must be a positive multiple of " + PAGE);
        }
        return LINUX ? map(bytes) : heap(bytes);
    }

    private static HostMapping map(long bytes) {
        long address = LinuxMemory.mmap(0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        if (address == -1) {
            int errno = Native.getLastError();
            throw new HostMemoryException("cannot map " + bytes + " bytes of host memory: "
                    + (errno == ENOMEM ? "the host has not that much memory or address space" : "errno " + errno)
                    + "; give the guest less memory");
        }
        return new HostMapping(address, bytes, 0);
    }

    private static HostMapping heap(long bytes) {
        try {
            long block = RawMemory.allocate(Math.addExact(bytes, PAGE));
            long address = (block + PAGE - 1) & -PAGE;
            RawMemory.fill(address, bytes, (byte) 0);
            return new HostMapping(address, bytes, block);
        } catch (OutOfMemoryError | ArithmeticException e) {
            throw new HostMemoryException(
                    "cannot allocate " + bytes + " bytes of host memory; give the guest less memory", e);
        }
    }

    /** Host address of the first byte. */
    public long address() {
        return address;
    }

    /** Bytes. */
    public long size() {
        return size;
    }

    /**
     * Gives the pages back to the host; the range stays accessible and reads as zeros. For memory that somebody may still
     * touch although its owner is gone.
     */
    public synchronized void discard() {
        if (closed) {
            return;
        }
        if (heapBlock != 0) {
            RawMemory.fill(address, size, (byte) 0);
        } else {
            LinuxMemory.madvise(address, size, MADV_DONTNEED);
        }
    }

    /**
     * As {@link #discard()}, for a part.
     *
     * @param offset a multiple of {@link #PAGE}, from the start
     * @param bytes a multiple of {@link #PAGE}
     */
    public synchronized void discard(long offset, long bytes) {
        if (offset < 0 || bytes < 0 || offset > size || bytes > size - offset || ((offset | bytes) & (PAGE - 1)) != 0) {
            throw new HostMemoryException(
                    "[" + offset + ", +" + bytes + ") is no range of pages of " + size + " bytes");
        }
        if (closed || bytes == 0) {
            return;
        }
        if (heapBlock != 0) {
            RawMemory.fill(address + offset, bytes, (byte) 0);
        } else {
            LinuxMemory.madvise(address + offset, bytes, MADV_DONTNEED);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (heapBlock != 0) {
            RawMemory.free(heapBlock);
        } else {
            LinuxMemory.munmap(address, size);
        }
    }
}
