package io.paravert.soft.memory;

import static io.paravert.soft.memory.GuestPhysical.PAGE;

import io.paravert.memory.RawMemory;

/**
 * Repeated string instructions, upward, a page at a time; whoever calls does what is left in single steps. All stop before anything
 * that needs a closer look: a page that the software TLB does not have, an element across pages, a store that somebody watches, a
 * target that is read again as source. vCPU thread only.
 */
public final class BulkAccess {
    /** Bytes after which pending events get their turn. */
    private static final long MOST = 1 << 16;
    /** Up to here a loop of Java code is faster than a call of the JVM's. */
    private static final long SHORT = 256;

    private static final int WORD = 8;

    private BulkAccess() {}

    /**
     * Copies {@code count} elements (unsigned) of {@code bytes} bytes, 1, 2, 4 or 8.
     *
     * @return elements that were copied
     */
    public static long move(long to, long from, long count, int bytes, LinearMemory memory) {
        long left = bounded(count, bytes);
        long done = 0;
        while (left > 0) {
            long n = Math.min(left, inPages(to + done, from + done, bytes));
            long source = memory.hostForLoad(from + done);
            long target = memory.hostForStore(to + done);
            if (n == 0 || source == 0 || target == 0 || !copy(source, target, n)) {
                break;
            }
            done += n;
            left -= n;
        }
        return done / bytes;
    }

    /**
     * Writes {@code count} elements (unsigned) of {@code bytes} bytes, 1, 2, 4 or 8, each the low bytes of {@code value}.
     *
     * @return elements that were written
     */
    public static long fill(long to, long value, long count, int bytes, LinearMemory memory) {
        long left = bounded(count, bytes);
        long done = 0;
        long pattern = pattern(value, bytes);
        while (left > 0) {
            long n = Math.min(left, inPages(to + done, to + done, bytes));
            long target = memory.hostForStore(to + done);
            if (n == 0 || target == 0) {
                break;
            }
            fill(target, pattern, n);
            done += n;
            left -= n;
        }
        return done / bytes;
    }

    private static long bounded(long count, int bytes) {
        return Long.compareUnsigned(count, MOST / bytes) < 0 ? count * bytes : MOST;
    }

    /** Bytes of whole elements that lie in the page of either address. */
    private static long inPages(long a, long b, int bytes) {
        long room = PAGE - Math.max(a & PAGE - 1, b & PAGE - 1);
        return room & -bytes;
    }

    /**
     * How many elements of two strings are equal, the last of either's page not counted.
     *
     * @param count elements at most, not 0
     */
    public static long equal(long a, long b, long count, int bytes, LinearMemory memory) {
        long from = memory.hostForLoad(a);
        long other = memory.hostForLoad(b);
        long n = Math.min(bounded(count, bytes), inPages(a, b, bytes)) - bytes;
        if (from == 0 || other == 0 || n <= 0) {
            return 0;
        }
        long i = 0;
        while (i + WORD <= n && RawMemory.getLong(from + i) == RawMemory.getLong(other + i)) {
            i += WORD;
        }
        while (i < n && element(from + i, bytes) == element(other + i, bytes)) {
            i += bytes;
        }
        MemoryOrder.afterLoad();
        return i / bytes;
    }

    /**
     * How many elements are the low bytes of {@code value}, or are not, the last of the page not counted.
     *
     * @param same whether to pass those that are
     * @param count elements at most, not 0
     */
    public static long run(long at, long value, boolean same, long count, int bytes, LinearMemory memory) {
        long from = memory.hostForLoad(at);
        long n = Math.min(bounded(count, bytes), inPages(at, at, bytes)) - bytes;
        if (from == 0 || n <= 0) {
            return 0;
        }
        long wanted = value << 64 - 8 * bytes >>> 64 - 8 * bytes;
        long i = 0;
        while (i < n && (element(from + i, bytes) == wanted) == same) {
            i += bytes;
        }
        MemoryOrder.afterLoad();
        return i / bytes;
    }

    private static long element(long host, int bytes) {
        return switch (bytes) {
            case 1 -> RawMemory.getByte(host) & 0xff;
            case 2 -> RawMemory.getShort(host) & 0xffff;
            case 4 -> RawMemory.getInt(host) & 0xffff_ffffL;
            default -> RawMemory.getLong(host);
        };
    }

    /** Eight bytes that repeat {@code bytes} of them. */
    private static long pattern(long value, int bytes) {
        return switch (bytes) {
            case 1 -> (value & 0xff) * 0x0101_0101_0101_0101L;
            case 2 -> (value & 0xffff) * 0x0001_0001_0001_0001L;
            case 4 -> (value & 0xffff_ffffL) * 0x0000_0001_0000_0001L;
            default -> value;
        };
    }

    /**
     * Copies host memory as if byte by byte upward.
     *
     * @return false, with nothing done, if the target begins so close behind the source that single bytes would be read again
     */
    static boolean copy(long source, long target, long n) {
        long gap = target - source;
        boolean overlap = gap < n && -gap < n;
        if (overlap && gap > 0 && gap < WORD) {
            return false;
        }
        MemoryOrder.beforeStore();
        if (overlap && gap > 0) {
            words(source, target, n & -WORD);
            bytes(source, target, n & -WORD, n);
        } else if (overlap || n > SHORT) {
            RawMemory.copy(source, target, n);
        } else if (n >= WORD) {
            long last = RawMemory.getLong(source + n - WORD);
            words(source, target, n - 1 & -WORD);
            RawMemory.putLong(target + n - WORD, last);
        } else {
            bytes(source, target, 0, n);
        }
        MemoryOrder.afterLoad();
        return true;
    }

    private static void words(long source, long target, long n) {
        for (long i = 0; i < n; i += WORD) {
            RawMemory.putLong(target + i, RawMemory.getLong(source + i));
        }
    }

    private static void bytes(long source, long target, long from, long to) {
        for (long i = from; i < to; i++) {
            RawMemory.putByte(target + i, RawMemory.getByte(source + i));
        }
    }

    /** Writes {@code n} bytes of a pattern that repeats after eight. */
    static void fill(long target, long pattern, long n) {
        MemoryOrder.beforeStore();
        if (n > SHORT && pattern == (pattern & 0xff) * 0x0101_0101_0101_0101L) {
            RawMemory.fill(target, n, (byte) pattern);
            return;
        }
        long i = 0;
        for (; i + WORD <= n; i += WORD) {
            RawMemory.putLong(target + i, pattern);
        }
        for (; i < n; i++) {
            RawMemory.putByte(target + i, (byte) (pattern >>> 8 * i));
        }
    }
}
