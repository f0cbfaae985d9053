package io.paravert.soft.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.soft.state.Control;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every combination of the bits that decide whether an access is allowed (Intel SDM vol. 3, 4.6), against a statement of the rule
 * that shares nothing with the engine's.
 */
class PagingPermissionsTest {
    private static final long PML4 = 0x1000;
    private static final long PDPT = 0x2000;
    private static final long DIRECTORY = 0x3000;
    private static final long TABLE = 0x4000;
    private static final long TARGET = 0x8000;
    private static final long VA = 0x5000;

    private static final long NX = 1L << 63;

    /** P, R/W, U/S and NX of one entry from four bits. */
    private static long bits(int four) {
        return four & 7 | ((four & 8) != 0 ? NX : 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAllowExactlyWhatTheBitsAllow(boolean shadow) {
        try (PagedMemory memory = PagedMemory.of(shadow)) {
            memory.put(PML4, PDPT | 7);
            memory.put(PDPT, DIRECTORY | 7);
            memory.cpu.cr3 = PML4;
            for (int upper = 0; upper < 16; upper++) {
                for (int lower = 0; lower < 16; lower++) {
                    memory.put(DIRECTORY, TABLE | bits(upper));
                    memory.put(TABLE + (VA >> 9), TARGET | bits(lower));
                    tryAllAccesses(memory, upper, lower);
                }
            }
        }
    }

    private static void tryAllAccesses(PagedMemory memory, int upper, int lower) {
        for (int machine = 0; machine < 64; machine++) {
            boolean wp = (machine & 1) != 0;
            boolean smep = (machine & 2) != 0;
            boolean smap = (machine & 4) != 0;
            boolean ac = (machine & 8) != 0;
            boolean user = (machine & 16) != 0;
            boolean warm = (machine & 32) != 0;
            memory.cpu.cr0 = memory.cpu.cr0 & ~Control.CR0_WP | (wp ? Control.CR0_WP : 0);
            memory.cpu.cr4 = Control.CR4_PAE | (smep ? Control.CR4_SMEP : 0) | (smap ? Control.CR4_SMAP : 0);
            memory.select(user ? 3 : 0, ac);
            for (int access = 0; access < 3; access++) {
                memory.mmu.flushPage(VA);
                if (warm) {
                    // Another access goes before, so that the shadow or the TLB knows the page with less than is asked
                    // for.
                    memory.load(VA);
                }
                long expected = expected(upper & lower, upper | lower, access, user, wp, smep, smap && !ac);
                long got = switch (access) {
                    case 0 -> memory.load(VA) < 0 ? memory.load(VA) & 0xff : PagedMemory.OK;
                    case 1 -> memory.store(VA, 1);
                    default -> memory.fetch(VA);
                };
                assertThat(got)
                        .as("upper %x lower %x access %d machine %x", upper, lower, access, machine)
                        .isEqualTo(expected);
            }
        }
    }

    /** The error code of the fault, or OK. */
    private static long expected(
            int both, int either, int access, boolean user, boolean wp, boolean smep, boolean smapActive) {
        boolean store = access == 1;
        boolean fetch = access == 2;
        int code = (store ? 2 : 0) | (user ? 4 : 0) | (fetch ? 16 : 0);
        if ((both & 1) == 0) {
            return code;
        }
        boolean userPage = (both & 4) != 0;
        boolean allowed = user ? userPage : true;
        if (store && (both & 2) == 0 && (user || wp)) {
            allowed = false;
        }
        if (fetch && (either & 8) != 0) {
            allowed = false;
        }
        if (!user && userPage && fetch && smep) {
            allowed = false;
        }
        if (!user && userPage && !fetch && smapActive) {
            allowed = false;
        }
        return allowed ? PagedMemory.OK : code | 1;
    }
}
