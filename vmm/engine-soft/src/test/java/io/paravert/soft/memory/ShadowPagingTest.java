package io.paravert.soft.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.PagingStatistics;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shadow agrees with the guest's tables whenever the architecture says that it must. */
class ShadowPagingTest {
    private static final long PML4 = 0x1000;
    private static final long PDPT = 0x2000;
    private static final long DIRECTORY = 0x3000;
    private static final long TABLE = 0x4000;
    private static final long DATA = 0x10_0000;

    private final PagedMemory memory = PagedMemory.of(true);

    ShadowPagingTest() {
        memory.put(PML4, PDPT | 7);
        memory.put(PDPT, DIRECTORY | 7);
        memory.put(DIRECTORY, TABLE | 7);
        for (int i = 0; i < 512; i++) {
            memory.put(TABLE + 8 * i, (long) i << 12 | 7);
        }
        memory.cpu.cr3 = PML4;
        memory.select(0, false);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldExitOnceForEachPageAndThenNoMore() {
        memory.load(DATA);
        long exits = memory.mmu.statistics().exits();
        memory.load(DATA + 8);
        memory.load(DATA + 16);
        assertThat(memory.mmu.statistics().exits()).isEqualTo(exits);
        memory.load(DATA + 4096);
        assertThat(memory.mmu.statistics().exits()).isEqualTo(exits + 1);
    }

    @Test
    void shouldWalkFourReferencesWhereTheShadowIsThere() {
        memory.load(DATA);
        memory.mmu.flushSpace(0);
        PagingStatistics before = memory.mmu.statistics();
        memory.load(DATA);
        PagingStatistics after = memory.mmu.statistics();
        assertThat(after.references() - before.references()).isEqualTo(4);
        assertThat(after.monitorReferences()).isEqualTo(before.monitorReferences());
    }

    @Test
    void shouldSeeAMappingThatTheGuestMakesWithoutInvalidating() {
        long va = 0x3000_0000_0000L;
        assertThat(memory.load(va)).isNegative();
        memory.put(DATA, 77);
        memory.store(PML4 + 8 * (va >>> 39), PDPT | 7);
        assertThat(memory.load(va + DATA)).isEqualTo(77);
    }

    @Test
    void shouldSeeWhatTheGuestRemapsAndInvalidates() {
        memory.put(DATA, 1);
        memory.put(DATA + 4096, 2);
        assertThat(memory.load(DATA)).isEqualTo(1);
        memory.store(TABLE + (DATA >> 9), DATA + 4096 | 7);
        memory.mmu.flushPage(DATA);
        assertThat(memory.load(DATA)).isEqualTo(2);
    }

    @Test
    void shouldSetTheDirtyBitAtTheFirstStoreAndNotBefore() {
        memory.load(DATA);
        assertThat(memory.get(TABLE + (DATA >> 9)) & 0x60).isEqualTo(0x20);
        memory.store(DATA, 1);
        assertThat(memory.get(TABLE + (DATA >> 9)) & 0x60).isEqualTo(0x60);
    }

    @Test
    void shouldSeeATableThatADeviceWrites() {
        memory.put(DATA, 1);
        memory.put(DATA + 4096, 2);
        memory.load(DATA);
        memory.put(TABLE + (DATA >> 9), DATA + 4096 | 7);
        memory.mmu.flushSpace(0);
        assertThat(memory.load(DATA)).isEqualTo(2);
    }

    @Test
    void shouldKeepWhatItKnowsOfAnAddressSpaceThatIsLeft() {
        long other = 0x5000;
        memory.put(other, PDPT | 7);
        memory.load(DATA);
        switchTo(other);
        memory.load(DATA);
        switchTo(PML4);
        PagingStatistics before = memory.mmu.statistics();
        memory.load(DATA);
        assertThat(memory.mmu.statistics().monitorReferences()).isEqualTo(before.monitorReferences());
    }

    private void switchTo(long cr3) {
        memory.cpu.cr3 = cr3;
        memory.mmu.flushSpace(0);
    }

    /** Random changes to the tables of two address spaces, each followed by what the architecture asks for. */
    @Test
    void shouldAgreeWithTheTablesThroughRandomChanges() {
        for (long seed = 1; seed <= 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            try (PagedMemory guest = PagedMemory.of(true);
                    PagedMemory reference = guest.sharing(false)) {
                new RandomTables(random, guest, reference).run("seed " + seed);
            }
        }
    }

    /** Tables lie in pages 1 to 31 and are reached through page 511's identity mapping; entries lead anywhere in RAM. */
    private static final class RandomTables {
        private static final int TABLES = 32;
        private static final int STEPS = 3_000;
        private static final long TOP = 1L << 63 >> 24;

        private final SplittableRandom random;
        private final PagedMemory guest;
        private final PagedMemory reference;

        RandomTables(SplittableRandom random, PagedMemory guest, PagedMemory reference) {
            this.random = random;
            this.guest = guest;
            this.reference = reference;
            // PML4s are pages 1 and 2. Slot 256 of both is an identity mapping of all RAM, by tables that are never
            // changed.
            for (long root : new long[] {0x1000, 0x2000}) {
                guest.put(root + 8 * 256, 0x40000 | 3);
            }
            guest.put(0x40000, 0x41000 | 3);
            guest.put(0x41000, 0x42000 | 3);
            for (int i = 0; i < 512; i++) {
                guest.put(0x42000 + 8 * i, (long) i << 12 | 3);
            }
            enter(0x1000);
        }

        private void enter(long root) {
            for (PagedMemory each : new PagedMemory[] {guest, reference}) {
                each.cpu.cr3 = root;
                each.mmu.flushSpace(0);
                each.select(0, false);
            }
        }

        void run(String what) {
            for (int step = 0; step < STEPS; step++) {
                int kind = random.nextInt(10);
                if (kind == 0) {
                    enter(random.nextBoolean() ? 0x1000 : 0x2000);
                } else if (kind < 4) {
                    change();
                } else {
                    compare(what + " step " + step);
                }
            }
        }

        private void change() {
            long table = (1 + random.nextInt(TABLES - 1)) * 4096L;
            long place = table + 8 * random.nextInt(2);
            // Data pages lie above the tables, so that random stores do not make tables by chance.
            long to = random.nextInt(4) == 0 ? 0x80000 + 4096L * random.nextInt(16) : 4096L * random.nextInt(1, TABLES);
            long entry = to | random.nextInt(8) | (random.nextInt(4) == 0 ? 0x60 : 0);
            if (random.nextInt(4) == 0) {
                guest.put(place, entry);
            } else {
                guest.store(TOP + place, entry);
            }
            enter(guest.cpu.cr3);
        }

        private void compare(String what) {
            long va = random.nextInt(2) * (1L << 39)
                    | random.nextInt(2) * (1L << 30)
                    | random.nextInt(2) * (1L << 21)
                    | random.nextInt(2) * 4096L;
            int cpl = random.nextInt(4) == 0 ? 3 : 0;
            guest.select(cpl, false);
            reference.select(cpl, false);
            reference.mmu.flushAll();
            assertThat(guest.load(va)).as("%s: load of %x", what, va).isEqualTo(reference.load(va));
            assertThat(guest.fetch(va)).as("%s: fetch of %x", what, va).isEqualTo(reference.fetch(va));
            guest.select(0, false);
            reference.select(0, false);
        }
    }
}
