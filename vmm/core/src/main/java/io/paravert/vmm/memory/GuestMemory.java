package io.paravert.vmm.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.paravert.abi.Gpa;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.MemoryWindow;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The guest-physical memory of one virtual machine: RAM from 0 up to the MMIO gap and from 4 GiB on, and ranges shared by
 * other guests. Any thread. Every access is checked here, once; what passes is plain loads and stores on host memory.
 *
 * <p>Memory is counted: whoever may touch it outside a vCPU's thread holds a count ({@link #retain}). {@link #close} takes
 * all regions away, so that accesses through this object are refused; when others still hold a count the pages go back to
 * the host but the addresses stay valid until the last {@link #release}, so that a device that comes back late from a
 * blocking call cannot take the process down.
 */
public final class GuestMemory implements GuestMemoryView, AutoCloseable {
    /** Unit of sizes and addresses of regions, bytes. */
    public static final int PAGE = HostMapping.PAGE;

    private final HostMapping ram;
    private final long ramBytes;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicInteger peers = new AtomicInteger();
    /** What is to be done when nobody holds a count any more. */
    private final List<Runnable> atRelease = new CopyOnWriteArrayList<>();
    /** Sorted by address; a new array for each change. */
    private volatile MappedRegion[] regions;
    /** The region at address 0, which nearly every access hits; empty once closed. */
    private volatile MappedRegion low;
    /** Who wants to know of writes, if anybody does. */
    private volatile @Nullable WriteObserver observer;

    private GuestMemory(HostMapping ram) {
        this.ram = ram;
        this.ramBytes = ram.size();
        long below = Math.min(ramBytes, Gpa.RAM_GAP_START);
        this.low = new MappedRegion(new MemoryRegion(0, below, ram.address(), true), true);
        this.regions = ramBytes == below
                ? new MappedRegion[] {low}
                : new MappedRegion[] {
                    low,
                    new MappedRegion(
                            new MemoryRegion(Gpa.RAM_GAP_END, ramBytes - below, ram.address() + below, true), true)
                };
    }

    /**
     * @param bytes RAM, a positive multiple of {@link #PAGE}; backed by the host page by page as it is touched
     * @throws io.paravert.memory.HostMemoryException if the size is wrong or the host has not that much
     */
    public static GuestMemory allocate(long bytes) {
        return new GuestMemory(HostMapping.allocate(bytes));
    }

    /** Bytes of RAM, without ranges that others share. */
    public long ramBytes() {
        return ramBytes;
    }

    /** True if all of {@code [gpa, gpa + length)} is this guest's own RAM. */
    public boolean isRam(long gpa, long length) {
        MappedRegion region = length < 0 ? null : at(gpa);
        return region != null && region.ram && region.holds(gpa, length);
    }

    /** All regions, sorted by address. */
    public List<MemoryRegion> regions() {
        List<MemoryRegion> all = new ArrayList<>();
        for (MappedRegion region : regions) {
            all.add(region.describe());
        }
        return List.copyOf(all);
    }

    /**
     * Host address of {@code [gpa, gpa + length)}, for callers inside the monitor that have many accesses to make.
     *
     * @throws GuestAddressException if the range is not wholly in one region
     */
    public long hostAddress(long gpa, long length) {
        MappedRegion region = find(gpa, length);
        return region.host + (gpa - region.gpa);
    }

    /** As {@link #hostAddress}, and the range may be written; the observer is told that it is about to be. */
    public long writableHostAddress(long gpa, long length) {
        long host = findWritable(gpa, length);
        observe(gpa, length);
        return host;
    }

    private long findWritable(long gpa, long length) {
        MappedRegion region = find(gpa, length);
        if (!region.writable) {
            throw refused(gpa, length, "is read-only");
        }
        return region.host + (gpa - region.gpa);
    }

    /** Tells of every write through this object from now on; an engine that translates guest code sets it. */
    public void setWriteObserver(WriteObserver told) {
        observer = told;
    }

    private void observe(long gpa, long length) {
        WriteObserver told = observer;
        if (told != null && length > 0) {
            told.written(gpa, length);
        }
    }

    private MappedRegion find(long gpa, long length) {
        MappedRegion first = low;
        // gpa >= 0 and length >= 0, in one comparison; low begins at 0.
        if ((gpa | length) >= 0 && gpa <= first.bytes && length <= first.bytes - gpa) {
            return first;
        }
        return findElsewhere(gpa, length);
    }

    private MappedRegion findElsewhere(long gpa, long length) {
        MappedRegion region = length < 0 ? null : at(gpa);
        if (region == null || !region.holds(gpa, length)) {
            throw refused(gpa, length, "is not guest memory");
        }
        return region;
    }

    /** The last region that begins at or below an address. */
    private @Nullable MappedRegion at(long gpa) {
        MappedRegion[] sorted = regions;
        int from = 0;
        int to = sorted.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Long.compareUnsigned(sorted[middle].gpa, gpa) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from == 0 ? null : sorted[from - 1];
    }

    private static GuestAddressException refused(long gpa, long length, String why) {
        return new GuestAddressException(
                "[0x" + Long.toHexString(gpa) + ", +" + Long.toUnsignedString(length) + ") " + why);
    }

    private long aligned(long gpa, int width) {
        if ((gpa & (width - 1)) != 0) {
            throw refused(gpa, width, "is not aligned to its width");
        }
        return gpa;
    }

    @Override
    public boolean contains(long gpa, long length) {
        MappedRegion region = length < 0 ? null : at(gpa);
        return region != null && region.holds(gpa, length);
    }

    @Override
    public ByteBuf view(long gpa, long length) {
        if (length > Integer.MAX_VALUE) {
            throw refused(gpa, length, "is longer than a view can be, " + Integer.MAX_VALUE);
        }
        MappedRegion region = find(gpa, length);
        if (length == 0) {
            return Unpooled.EMPTY_BUFFER;
        }
        if (region.writable) {
            observe(gpa, length);
        }
        return region.view(gpa - region.gpa, (int) length);
    }

    @Override
    public ByteBuffer window(long gpa, long length, MemoryWindow window) {
        MappedRegion region = find(gpa, length);
        if (region.writable) {
            observe(gpa, length);
        }
        return region.window(gpa - region.gpa, length, window);
    }

    @Override
    public byte getByte(long gpa) {
        return RawMemory.getByte(hostAddress(gpa, 1));
    }

    @Override
    public short getShort(long gpa) {
        return RawMemory.getShort(hostAddress(gpa, 2));
    }

    @Override
    public int getInt(long gpa) {
        return RawMemory.getInt(hostAddress(gpa, 4));
    }

    @Override
    public long getLong(long gpa) {
        return RawMemory.getLong(hostAddress(gpa, 8));
    }

    @Override
    public void putByte(long gpa, byte value) {
        RawMemory.putByte(findWritable(gpa, 1), value);
        observe(gpa, 1);
    }

    @Override
    public void putShort(long gpa, short value) {
        RawMemory.putShort(findWritable(gpa, 2), value);
        observe(gpa, 2);
    }

    @Override
    public void putInt(long gpa, int value) {
        RawMemory.putInt(findWritable(gpa, 4), value);
        observe(gpa, 4);
    }

    @Override
    public void putLong(long gpa, long value) {
        RawMemory.putLong(findWritable(gpa, 8), value);
        observe(gpa, 8);
    }

    @Override
    public short getShortAcquire(long gpa) {
        return RawMemory.getShortAcquire(hostAddress(aligned(gpa, 2), 2));
    }

    @Override
    public int getIntAcquire(long gpa) {
        return RawMemory.getIntAcquire(hostAddress(aligned(gpa, 4), 4));
    }

    @Override
    public long getLongAcquire(long gpa) {
        return RawMemory.getLongAcquire(hostAddress(aligned(gpa, 8), 8));
    }

    @Override
    public void putShortRelease(long gpa, short value) {
        RawMemory.putShortRelease(findWritable(aligned(gpa, 2), 2), value);
        observe(gpa, 2);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        RawMemory.putIntRelease(findWritable(aligned(gpa, 4), 4), value);
        observe(gpa, 4);
    }

    @Override
    public void putLongRelease(long gpa, long value) {
        RawMemory.putLongRelease(findWritable(aligned(gpa, 8), 8), value);
        observe(gpa, 8);
    }

    @Override
    public boolean compareAndSetInt(long gpa, int expected, int value) {
        boolean done = RawMemory.compareAndSetInt(findWritable(aligned(gpa, 4), 4), expected, value);
        observe(gpa, 4);
        return done;
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        boolean done = RawMemory.compareAndSetLong(findWritable(aligned(gpa, 8), 8), expected, value);
        observe(gpa, 8);
        return done;
    }

    @Override
    public void read(long gpa, byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        RawMemory.read(hostAddress(gpa, length), target, offset, length);
    }

    @Override
    public void write(long gpa, byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        RawMemory.write(findWritable(gpa, length), source, offset, length);
        observe(gpa, length);
    }

    /** Sets {@code [gpa, gpa + length)} to one value. */
    public void fill(long gpa, long length, byte value) {
        RawMemory.fill(findWritable(gpa, length), length, value);
        observe(gpa, length);
    }

    @Override
    public void discard(long gpa, long bytes) {
        if (((gpa | bytes) & (PAGE - 1)) != 0 || !isRam(gpa, bytes)) {
            throw refused(gpa, bytes, "is no range of this guest's RAM pages");
        }
        long host = findWritable(gpa, bytes);
        ram.discard(host - ram.address(), bytes);
        observe(gpa, bytes);
    }

    /**
     * Adds a range that lies elsewhere in the host and stays there until it is removed.
     *
     * @throws IllegalArgumentException if it is not page-aligned or overlaps a region
     */
    public void addRegion(MemoryRegion region) {
        add(region);
    }

    /**
     * As the other.
     *
     * @param released run once, when nobody holds a count any more; not if this throws
     */
    public void addRegion(MemoryRegion region, Runnable released) {
        add(region);
        atRelease.add(released);
    }

    private synchronized void add(MemoryRegion region) {
        if (region.bytes() <= 0
                || region.gpa() < 0
                || region.gpa() + region.bytes() < 0
                || ((region.gpa() | region.bytes()) & (PAGE - 1)) != 0) {
            throw new IllegalArgumentException("not a range of pages: " + region);
        }
        for (MappedRegion other : regions) {
            if (region.gpa() < other.gpa + other.bytes && other.gpa < region.end()) {
                throw new IllegalArgumentException(region + " overlaps " + other.describe());
            }
        }
        MappedRegion[] more = Arrays.copyOf(regions, regions.length + 1);
        more[regions.length] = new MappedRegion(region, false);
        Arrays.sort(more, Comparator.comparingLong(r -> r.gpa));
        regions = more;
    }

    /** Undoes {@link #addRegion}; RAM stays. Returns whether there was such a region. */
    public synchronized boolean removeRegion(long gpa) {
        MappedRegion[] kept =
                Arrays.stream(regions).filter(r -> r.gpa != gpa || r.ram).toArray(MappedRegion[]::new);
        boolean removed = kept.length != regions.length;
        regions = kept;
        return removed;
    }

    /** Takes a count; false if the memory is gone already. */
    public boolean retain() {
        int count;
        do {
            count = holders.get();
            if (count == 0) {
                return false;
            }
        } while (!holders.compareAndSet(count, count + 1));
        return true;
    }

    /** As {@link #retain}, for a peer that maps pages: their contents survive {@link #close}. */
    public boolean retainForPeer() {
        if (!retain()) {
            return false;
        }
        peers.incrementAndGet();
        return true;
    }

    /** Undoes {@link #retainForPeer}. */
    public void releaseForPeer() {
        peers.decrementAndGet();
        release();
    }

    /** Gives a count back; the last one unmaps the memory. */
    public void release() {
        if (holders.decrementAndGet() == 0) {
            ram.close();
            atRelease.forEach(Runnable::run);
        }
    }

    @Override
    public synchronized void close() {
        if (regions.length == 0) {
            return;
        }
        regions = new MappedRegion[0];
        low = new MappedRegion(new MemoryRegion(0, 0, 0, false), true);
        if (holders.get() > 1 && peers.get() == 0) {
            ram.discard();
        }
        release();
    }
}
