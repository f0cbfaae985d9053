package io.paravert.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongPredicate;

/** Page tables that map addresses onto themselves, as data of a program (Intel SDM vol. 3, 4.3 and 4.5). */
public final class PageTables {
    /** Bytes of one table, and the alignment of the whole. */
    public static final int TABLE_BYTES = 4096;

    /** Bytes that one page directory entry maps with 4-level paging. */
    public static final long LARGE_PAGE = 2L << 20;

    private static final int ENTRIES = 512;
    private static final int MAX_GIB = 64;

    private static final int PRESENT = 1;
    private static final int WRITABLE = 1 << 1;
    private static final int USER = 1 << 2;
    private static final int PAGE_SIZE = 1 << 7;

    private static final int PAGES_32 = 1024;
    private static final int SHIFT_32 = 22;

    private PageTables() {}

    /**
     * 4-level tables with 2 MiB pages: PML4, PDPT, one page directory a GiB.
     *
     * @param gpa where they will lie, a multiple of 4096
     * @param gib how much they map from address 0, 1 to 64
     * @param user of a page's address: whether code at CPL 3 may touch the page
     */
    public static byte[] identity(long gpa, int gib, LongPredicate user) {
        if (gib < 1 || gib > MAX_GIB || gpa % TABLE_BYTES != 0) {
            throw new GuestProgramException(
                    "page tables of %d GiB at 0x%x; expected 1 to %d GiB at a multiple of 4096", gib, gpa, MAX_GIB);
        }
        ByteBuffer tables = ByteBuffer.allocate((2 + gib) * TABLE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long upper = PRESENT | WRITABLE | USER;
        tables.putLong(0, gpa + TABLE_BYTES | upper);
        for (int g = 0; g < gib; g++) {
            tables.putLong(TABLE_BYTES + Long.BYTES * g, gpa + (2L + g) * TABLE_BYTES | upper);
        }
        for (int i = 0; i < gib * ENTRIES; i++) {
            long page = i * LARGE_PAGE;
            long flags = PRESENT | WRITABLE | PAGE_SIZE | (user.test(page) ? USER : 0);
            tables.putLong(2 * TABLE_BYTES + Long.BYTES * i, page | flags);
        }
        return tables.array();
    }

    /** One page directory for 32-bit paging that maps 4 GiB with 4 MiB pages; it needs CR4.PSE. Supervisor only. */
    public static byte[] identity32() {
        ByteBuffer directory = ByteBuffer.allocate(TABLE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < PAGES_32; i++) {
            directory.putInt(i << SHIFT_32 | PRESENT | WRITABLE | PAGE_SIZE);
        }
        return directory.array();
    }
}
