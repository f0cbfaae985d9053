package io.paravert.guest;

import io.paravert.isa.asm.Label;
import java.util.function.LongPredicate;

/** Page tables that map addresses onto themselves, as data of a program (Intel SDM vol. 3, 4.3 and 4.5). */
public final class PageTables {
    /** Bytes of one table, and the alignment that the first one needs. */
    public static final int TABLE_BYTES = 4096;

    private static final int LARGE_PAGE_SHIFT = 21;
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
     * Writes 4-level tables with 2 MiB pages here: PML4, PDPT, one page directory a GiB.
     *
     * @param gib how much they map from address 0, 1 to 64
     * @param user of a page's address: whether code at CPL 3 may touch the page
     */
    public static void identity(PvAssembler asm, int gib, LongPredicate user) {
        if (gib < 1 || gib > MAX_GIB) {
            throw new GuestProgramException("page tables of %d GiB; expected 1 to %d", gib, MAX_GIB);
        }
        Label first = asm.here("PML4");
        int upper = PRESENT | WRITABLE | USER;
        asm.dq(first, TABLE_BYTES + upper);
        asm.space(TABLE_BYTES - Long.BYTES);
        for (int g = 0; g < gib; g++) {
            asm.dq(first, (2L + g) * TABLE_BYTES + upper);
        }
        asm.space(TABLE_BYTES - gib * Long.BYTES);
        for (long i = 0; i < (long) gib * ENTRIES; i++) {
            long page = i << LARGE_PAGE_SHIFT;
            asm.dq(page | PRESENT | WRITABLE | PAGE_SIZE | (user.test(page) ? USER : 0));
        }
    }

    /**
     * Writes one page directory for 32-bit paging here, which maps 4 GiB with 4 MiB pages; it needs CR4.PSE. Supervisor only.
     *
     * @param remapped virtual address of a 4 MiB page that maps to {@code physical} instead of to itself
     */
    public static void identity32(PvAssembler asm, int remapped, int physical) {
        for (int i = 0; i < PAGES_32; i++) {
            int page = i << SHIFT_32;
            int frame = page == remapped ? physical : page;
            asm.dd(Integer.toUnsignedLong(frame | PRESENT | WRITABLE | PAGE_SIZE));
        }
    }
}
