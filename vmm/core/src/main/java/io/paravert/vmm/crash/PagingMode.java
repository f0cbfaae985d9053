package io.paravert.vmm.crash;

import io.paravert.vmm.engine.CpuState;

/** How linear addresses become physical ones (AMD APM vol. 2, 5.1; Intel SDM vol. 3, 4.1.1). */
public enum PagingMode {
    /** CR0.PG clear: linear addresses are physical. */
    NONE("no paging", 0, 0, 0),
    /** 32-bit paging: two levels of 4-byte entries. */
    LEGACY("32-bit paging", 2, 4, 10),
    /** PAE paging: three levels of 8-byte entries, the first of four entries. */
    PAE("PAE paging", 3, 8, 9),
    /** 4-level paging. */
    FOUR_LEVEL("4-level paging", 4, 8, 9),
    /** 5-level paging. */
    FIVE_LEVEL("5-level paging", 5, 8, 9);

    private static final long CR0_PG = 1L << 31;
    private static final long CR4_PAE = 1L << 5;
    private static final long CR4_LA57 = 1L << 12;
    private static final long EFER_LMA = 1L << 10;

    private final String title;
    final int levels;
    final int entryBytes;
    /** Bits of a linear address that one level translates. */
    final int indexBits;

    PagingMode(String title, int levels, int entryBytes, int indexBits) {
        this.title = title;
        this.levels = levels;
        this.entryBytes = entryBytes;
        this.indexBits = indexBits;
    }

    /** As a person reads it. */
    public String title() {
        return title;
    }

    /** The mode that the control registers select. */
    public static PagingMode of(CpuState state) {
        if ((state.cr0 & CR0_PG) == 0) {
            return NONE;
        }
        if ((state.efer & EFER_LMA) != 0) {
            return (state.cr4 & CR4_LA57) != 0 ? FIVE_LEVEL : FOUR_LEVEL;
        }
        return (state.cr4 & CR4_PAE) != 0 ? PAE : LEGACY;
    }

    /** Bits of a linear address below the index of {@code level}; level 1 is the page table. */
    int shift(int level) {
        return 12 + (level - 1) * indexBits;
    }

    /** What the manuals call an entry of {@code level}. */
    String entryName(int level) {
        return switch (level) {
            case 1 -> "PTE";
            case 2 -> "PDE";
            case 3 -> "PDPTE";
            case 4 -> "PML4E";
            default -> "PML5E";
        };
    }

    /** True if the address can be translated at all: canonical in long mode, 32 bits wide in the others. */
    boolean reaches(long linear) {
        return switch (this) {
            case NONE -> true;
            case LEGACY, PAE -> linear >>> 32 == 0;
            case FOUR_LEVEL -> linear << 16 >> 16 == linear;
            case FIVE_LEVEL -> linear << 7 >> 7 == linear;
        };
    }
}
