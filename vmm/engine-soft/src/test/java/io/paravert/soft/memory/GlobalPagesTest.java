package io.paravert.soft.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.soft.state.Control;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads of CR3 drop all translations but global ones (AMD APM vol. 2, 5.5.1), with and without process-context identifiers. */
class GlobalPagesTest {
    private static final long PML4 = 0x1000;
    private static final long PDPT = 0x2000;
    private static final long DIRECTORY = 0x3000;
    private static final long TABLE = 0x4000;
    private static final long LOCAL_PAGE = 0x8000;
    private static final long GLOBAL_PAGE = 0x9000;
    private static final long GLOBAL = 0x100;
    private static final int NEW_SPACE = 5;

    private static PagedMemory memory(boolean shadow, boolean pge, boolean pcid) {
        PagedMemory memory = PagedMemory.of(shadow);
        memory.put(PML4, PDPT | 7);
        memory.put(PDPT, DIRECTORY | 7);
        memory.put(DIRECTORY, TABLE | 7);
        memory.put(TABLE + (LOCAL_PAGE >> 9), LOCAL_PAGE | 7);
        memory.put(TABLE + (GLOBAL_PAGE >> 9), GLOBAL_PAGE | 7 | GLOBAL);
        memory.cpu.cr3 = PML4;
        memory.cpu.cr4 |= (pge ? Control.CR4_PGE : 0) | (pcid ? Control.CR4_PCIDE : 0);
        memory.select(0, false);
        return memory;
    }

    /** Loads and stores both pages; how often tables were walked for that. */
    private static long walks(PagedMemory memory) {
        long before = memory.mmu.statistics().walks();
        for (long page : new long[] {LOCAL_PAGE, GLOBAL_PAGE}) {
            memory.store(page, 1);
            assertThat(memory.load(page)).isEqualTo(1);
        }
        return memory.mmu.statistics().walks() - before;
    }

    private static void loadCr3(PagedMemory memory, int space, boolean flush) {
        long before = memory.cpu.cr3;
        memory.cpu.cr3 = PML4 | space;
        memory.mmu.loadedCr3(before, flush);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void staysOverALoadOfCr3WhileItsFeatureIsOn(boolean shadow) {
        for (boolean pge : new boolean[] {false, true}) {
            try (PagedMemory memory = memory(shadow, pge, false)) {
                assertThat(walks(memory)).isEqualTo(2);
                assertThat(walks(memory)).isZero();
                loadCr3(memory, 0, true);
                assertThat(walks(memory)).isEqualTo(pge ? 1 : 2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isSharedByAllProcessContexts(boolean shadow) {
        try (PagedMemory memory = memory(shadow, true, true)) {
            walks(memory);
            loadCr3(memory, NEW_SPACE, true);
            assertThat(walks(memory)).isEqualTo(1);
            loadCr3(memory, NEW_SPACE, true);
            assertThat(walks(memory)).isEqualTo(1);
            loadCr3(memory, NEW_SPACE, false);
            assertThat(walks(memory)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesByItsOwnInvalidationOnly(boolean shadow) {
        try (PagedMemory memory = memory(shadow, true, true)) {
            walks(memory);
            memory.put(TABLE + (GLOBAL_PAGE >> 9), LOCAL_PAGE | 7 | GLOBAL);
            loadCr3(memory, NEW_SPACE, true);
            memory.mmu.flushPage(GLOBAL_PAGE);
            memory.store(LOCAL_PAGE, 77);
            assertThat(memory.load(GLOBAL_PAGE)).isEqualTo(77);
            memory.put(TABLE + (GLOBAL_PAGE >> 9), 0);
            memory.mmu.flushAll();
            assertThat(memory.load(GLOBAL_PAGE)).isNegative();
        }
    }

    /** A user's right to a global page is not a supervisor's, and the other way round. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsKindsOfPrivilegeApart(boolean shadow) {
        try (PagedMemory memory = memory(shadow, true, false)) {
            memory.put(TABLE + (GLOBAL_PAGE >> 9), GLOBAL_PAGE | 3 | GLOBAL);
            assertThat(memory.store(GLOBAL_PAGE, 1)).isEqualTo(PagedMemory.OK);
            memory.select(3, false);
            assertThat(memory.load(GLOBAL_PAGE)).isNegative();
            memory.select(0, false);
            loadCr3(memory, 0, true);
            memory.select(3, false);
            assertThat(memory.load(GLOBAL_PAGE)).isNegative();
        }
    }
}
