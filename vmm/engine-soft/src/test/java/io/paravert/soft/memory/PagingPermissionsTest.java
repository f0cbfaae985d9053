package io.paravert.soft.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.soft.state.Control;
import io.paravert.soft.state.Segment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every combination of the bits that decide whether an access is allowed (Intel SDM vol. 3, 4.6), in every mode of paging and size of
 * page, with and without EFER.NXE, by both techniques, against a statement of the rule that shares nothing with the engine's.
 */
class PagingPermissionsTest {
    private static final long PML4 = 0x1000;
    private static final long PDPT = 0x2000;
    private static final long DIRECTORY = 0x3000;
    private static final long TABLE = 0x4000;
    private static final long TARGET = 0x8000;
    private static final long VA = 0x5000;

    private static final long NX = 1L << 63;
    private static final long PS = 1 << 7;
    private static final int PRESENT = 1;
    private static final int NO_EXECUTE = 8;
    private static final int ALL = 7;

    /** Mode of paging, and the size of the page. */
    enum Mode {
        LONG(true, true),
        LONG_2M(true, true),
        LONG_1G(true, true),
        PAE(true, true),
        PAE_2M(true, false),
        LEGACY(false, true),
        LEGACY_4M(false, false);

        /** Entries have eight bytes and may have NX. */
        final boolean wide;
        /** The bits of an upper entry count too. */
        final boolean twoLevels;

        Mode(boolean wide, boolean twoLevels) {
            this.wide = wide;
            this.twoLevels = twoLevels;
        }

        boolean isLong() {
            return ordinal() < PAE.ordinal();
        }

        void enter(PagedMemory memory, boolean nxe) {
            memory.cpu.efer = (nxe ? Control.EFER_NXE : 0) | (isLong() ? Control.EFER_LMA | Control.EFER_LME : 0);
            memory.cpu.cr4 = wide ? Control.CR4_PAE : Control.CR4_PSE;
            memory.cpu.cr3 = isLong() ? PML4 : wide ? PDPT : DIRECTORY;
            int attributes = memory.cpu.segments[Segment.CS].attributes;
            memory.cpu.segments[Segment.CS].attributes =
                    isLong() ? attributes | Segment.LONG : attributes & ~Segment.LONG;
            memory.cpu.pdptes[0] = DIRECTORY | PRESENT;
            memory.put(PML4, PDPT | ALL);
            memory.put(PDPT, DIRECTORY | ALL);
            memory.cpu.refreshMode();
            memory.mmu.flushAll();
        }

        void lay(PagedMemory memory, int upper, int lower) {
            switch (this) {
                case LONG, PAE -> {
                    memory.put(DIRECTORY, TABLE | bits(upper));
                    memory.put(TABLE + (VA >> 9), TARGET | bits(lower));
                }
                case LONG_2M -> {
                    memory.put(PDPT, DIRECTORY | bits(upper));
                    memory.put(DIRECTORY, PS | bits(lower));
                }
                case LONG_1G -> {
                    memory.put(PML4, PDPT | bits(upper));
                    memory.put(PDPT, PS | bits(lower));
                }
                case PAE_2M, LEGACY_4M -> memory.put(DIRECTORY, PS | bits(lower));
                case LEGACY -> {
                    memory.put(DIRECTORY, TABLE | bits(upper));
                    memory.put(TABLE + (VA >> 10), TARGET | bits(lower));
                }
            }
        }
    }

    /** P, R/W, U/S and NX of one entry from four bits. */
    private static long bits(int four) {
        return four & 7 | ((four & NO_EXECUTE) != 0 ? NX : 0);
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllowExactlyWhatTheBitsAllow(Mode mode) {
        for (boolean shadow : new boolean[] {false, true}) {
            for (boolean nxe : new boolean[] {false, true}) {
                if (mode.wide || !nxe) {
                    try (PagedMemory memory = PagedMemory.of(shadow)) {
                        mode.enter(memory, nxe);
                        tryAllEntries(memory, mode, nxe);
                    }
                }
            }
        }
    }

    private static void tryAllEntries(PagedMemory memory, Mode mode, boolean nxe) {
        int entries = mode.wide ? 16 : 8;
        for (int upper = 0; upper < entries; upper++) {
            if (mode.twoLevels || upper == ALL) {
                for (int lower = 0; lower < entries; lower++) {
                    mode.lay(memory, upper, lower);
                    tryAllAccesses(memory, mode, nxe, upper, lower);
                }
            }
        }
    }

    private static void tryAllAccesses(PagedMemory memory, Mode mode, boolean nxe, int upper, int lower) {
        for (int machine = 0; machine < 64; machine++) {
            boolean wp = (machine & 1) != 0;
            boolean smep = (machine & 2) != 0;
            boolean smap = (machine & 4) != 0;
            boolean ac = (machine & 8) != 0;
            boolean user = (machine & 16) != 0;
            boolean warm = (machine & 32) != 0;
            memory.cpu.cr0 = memory.cpu.cr0 & ~Control.CR0_WP | (wp ? Control.CR0_WP : 0);
            memory.cpu.cr4 = (mode.wide ? Control.CR4_PAE : Control.CR4_PSE)
                    | (smep ? Control.CR4_SMEP : 0)
                    | (smap ? Control.CR4_SMAP : 0);
            memory.select(user ? 3 : 0, ac);
            for (int access = 0; access < 3; access++) {
                memory.mmu.flushPage(VA);
                if (warm) {
                    // Another access goes before, so that the shadow or the TLB knows the page with less than is asked
                    // for.
                    memory.load(VA);
                }
                boolean tellsFetch = nxe || smep;
                int code = (access == 1 ? 2 : 0) | (user ? 4 : 0) | (access == 2 && tellsFetch ? 16 : 0);
                long expected = expected(nxe, upper, lower, access, code, user, wp, smep, smap && !ac);
                long got = switch (access) {
                    case 0 -> memory.load(VA) < 0 ? memory.load(VA) & 0xff : PagedMemory.OK;
                    case 1 -> memory.store(VA, 1);
                    default -> memory.fetch(VA);
                };
                assertThat(got)
                        .as(
                                "%s nxe %b upper %x lower %x access %d machine %x",
                                mode, nxe, upper, lower, access, machine)
                        .isEqualTo(expected);
            }
        }
    }

    /** The error code of the fault, or OK. */
    private static long expected(
            boolean nxe,
            int upper,
            int lower,
            int access,
            int code,
            boolean user,
            boolean wp,
            boolean smep,
            boolean smapActive) {
        for (int entry : new int[] {upper, lower}) {
            if ((entry & PRESENT) == 0) {
                return code;
            }
            if (!nxe && (entry & NO_EXECUTE) != 0) {
                // A reserved bit.
                return code | 1 | 8;
            }
        }
        boolean userPage = (upper & lower & 4) != 0;
        boolean writable = (upper & lower & 2) != 0;
        boolean fetch = access == 2;
        boolean denied = user && !userPage
                || access == 1 && !writable && (user || wp)
                || fetch && ((upper | lower) & NO_EXECUTE) != 0
                || fetch && smep && !user && userPage
                || !fetch && smapActive && !user && userPage;
        return denied ? code | 1 : PagedMemory.OK;
    }
}
