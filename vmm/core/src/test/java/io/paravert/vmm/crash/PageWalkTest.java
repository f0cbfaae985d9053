package io.paravert.vmm.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.crash.PageWalk.Result;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.memory.GuestMemory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageWalkTest {
    private static final long CR0_PG = 1L << 31 | 1;
    private static final long CR4_PSE = 1 << 4;
    private static final long CR4_PAE = 1 << 5;
    private static final long CR4_LA57 = 1 << 12;
    private static final long EFER_LONG = 1 << 8 | 1 << 10;
    private static final long EFER_NXE = 1 << 11;
    private static final long P_RW = 3;
    private static final long PS = 1 << 7;
    private static final long NX = 1L << 63;

    private final GuestMemory memory = GuestMemory.allocate(1 << 20);
    private final CpuState state = new CpuState();

    @AfterEach
    void close() {
        memory.close();
    }

    private void longMode() {
        state.cr0 = CR0_PG;
        state.cr4 = CR4_PAE;
        state.efer = EFER_LONG | EFER_NXE;
        state.cr3 = 0x1000;
    }

    /** PML4E, PDPTE, PDE and PTE at 0x1000, 0x2000, 0x3000, 0x4000 for a linear address. */
    private void mapFourLevel(long linear, long pte) {
        memory.putLong(0x1000 + index(linear, 39), 0x2000 | P_RW);
        memory.putLong(0x2000 + index(linear, 30), 0x3000 | P_RW);
        memory.putLong(0x3000 + index(linear, 21), 0x4000 | P_RW);
        memory.putLong(0x4000 + index(linear, 12), pte);
    }

    private static long index(long linear, int shift) {
        return (linear >>> shift & 511) * 8;
    }

    @Test
    void shouldTakeLinearForPhysicalWithoutPaging() {
        PageWalk walk = PageWalk.of(memory, state, 0x12345678L);
        assertThat(walk.mapped()).isTrue();
        assertThat(walk.physical()).isEqualTo(0x12345678L);
        assertThat(walk.summary()).isEqualTo("0x12345678 -> 0x12345678 (no paging)");
    }

    @Test
    void shouldWalkFourLevels() {
        longMode();
        long linear = 0xffff_8000_1234_5678L;
        mapFourLevel(linear, 0x77000 | P_RW | NX);
        PageWalk walk = PageWalk.of(memory, state, linear);
        assertThat(walk.result()).isEqualTo(Result.MAPPED);
        assertThat(walk.physical()).isEqualTo(0x77678);
        assertThat(walk.pageBytes()).isEqualTo(4096);
        assertThat(walk.steps()).extracting(PageWalk.Step::name).containsExactly("PML4E", "PDPTE", "PDE", "PTE");
        assertThat(walk.steps().get(3).flags()).isEqualTo("P RW NX");
        assertThat(walk.summary()).isEqualTo("0xffff800012345678 -> 0x77678 (4-level paging, page of 4 KiB)");
    }

    @Test
    void shouldWalkFiveLevels() {
        longMode();
        state.cr4 |= CR4_LA57;
        state.cr3 = 0x5000;
        long linear = 0x00aa_8000_1234_5678L;
        memory.putLong(0x5000 + index(linear, 48), 0x1000 | P_RW);
        mapFourLevel(linear, 0x77000 | P_RW);
        PageWalk walk = PageWalk.of(memory, state, linear);
        assertThat(walk.physical()).isEqualTo(0x77678);
        assertThat(walk.steps()).hasSize(5);
    }

    @Test
    void shouldStopAtAnEntryThatIsNotPresent() {
        longMode();
        mapFourLevel(0x1000, 0x77000);
        PageWalk walk = PageWalk.of(memory, state, 0x1000);
        assertThat(walk.result()).isEqualTo(Result.NOT_PRESENT);
        assertThat(walk.physical()).isEqualTo(0x4008);
        assertThat(walk.summary()).isEqualTo("0x1000 -> not present (PTE) (4-level paging)");
    }

    @Test
    void shouldStopAtATableOutsideMemory() {
        longMode();
        memory.putLong(0x1000, 0x000f_ffff_ffff_f000L | P_RW);
        PageWalk walk = PageWalk.of(memory, state, 0);
        assertThat(walk.result()).isEqualTo(Result.NOT_MEMORY);
        assertThat(walk.steps()).hasSize(2);
    }

    @Test
    void shouldRefuseAnAddressThatIsNotCanonical() {
        longMode();
        assertThat(PageWalk.of(memory, state, 0x0000_8000_0000_0000L).result()).isEqualTo(Result.OUT_OF_REACH);
        assertThat(PageWalk.of(memory, state, 0xffff_8000_0000_0000L).result()).isEqualTo(Result.NOT_PRESENT);
    }

    @Test
    void shouldFindLargePages() {
        longMode();
        memory.putLong(0x1000, 0x2000 | P_RW);
        memory.putLong(0x2000, 0x3000 | P_RW);
        memory.putLong(0x3000, 0x40_0000 | P_RW | PS);
        memory.putLong(0x2008, 0x4000_0000L | P_RW | PS);
        assertThat(PageWalk.of(memory, state, 0x12345).physical()).isEqualTo(0x41_2345);
        assertThat(PageWalk.of(memory, state, 0x12345).pageBytes()).isEqualTo(2 << 20);
        assertThat(PageWalk.of(memory, state, 0x4765_4321L).physical()).isEqualTo(0x4765_4321L);
        assertThat(PageWalk.of(memory, state, 0x4765_4321L).pageBytes()).isEqualTo(1 << 30);
    }

    @Test
    void shouldReportReservedBits() {
        longMode();
        memory.putLong(0x1000, 0x2000 | P_RW);
        memory.putLong(0x2000, 0x3000 | P_RW);
        memory.putLong(0x3000, 0x40_2000 | P_RW | PS);
        assertThat(PageWalk.of(memory, state, 0).result())
                .as("address bits below 2 MiB")
                .isEqualTo(Result.RESERVED);
        memory.putLong(0x1000, 0x2000 | P_RW | PS);
        assertThat(PageWalk.of(memory, state, 0).result()).as("PS in a PML4E").isEqualTo(Result.RESERVED);
        mapFourLevel(0, 0x5000 | P_RW | NX);
        state.efer = EFER_LONG;
        assertThat(PageWalk.of(memory, state, 0).result())
                .as("NX without EFER.NXE")
                .isEqualTo(Result.RESERVED);
    }

    @Test
    void shouldWalkLegacyPaging() {
        state.cr0 = CR0_PG;
        state.cr3 = 0x1018;
        memory.putInt(0x1000 + 4 * (0x12345678 >>> 22), 0x2003);
        memory.putInt(0x2000 + 4 * (0x12345678 >>> 12 & 1023), 0x99007);
        PageWalk walk = PageWalk.of(memory, state, 0x12345678);
        assertThat(walk.physical()).isEqualTo(0x99678);
        assertThat(walk.steps()).extracting(PageWalk.Step::name).containsExactly("PDE", "PTE");
        assertThat(PageWalk.of(memory, state, 0x1_0000_0000L).result()).isEqualTo(Result.OUT_OF_REACH);
    }

    @Test
    void shouldTakeTheSizeBitOfLegacyPagingOnlyWithPse() {
        state.cr0 = CR0_PG;
        state.cr3 = 0x1000;
        // Bits 20-13 of a 4 MiB entry are bits 39-32 of the address; without PSE the entry points to a table at 0x2000.
        memory.putInt(0x1000, (int) (0x80_0000 | 0x2000 | PS | P_RW));
        state.cr4 = CR4_PSE;
        PageWalk large = PageWalk.of(memory, state, 0x12_3456);
        assertThat(large.physical()).isEqualTo(0x1_0092_3456L);
        assertThat(large.pageBytes()).isEqualTo(4 << 20);
        state.cr4 = 0;
        assertThat(PageWalk.of(memory, state, 0x12_3456).steps()).hasSize(2);
    }

    @Test
    void shouldWalkPaePaging() {
        state.cr0 = CR0_PG;
        state.cr4 = CR4_PAE;
        state.cr3 = 0x1020;
        memory.putLong(0x1020 + 8 * 3, 0x2001);
        memory.putLong(0x2000 + 8 * (0xc0a0_0000L >>> 21 & 511), 0x60_0000 | P_RW | PS);
        PageWalk walk = PageWalk.of(memory, state, 0xc0b1_2345L);
        assertThat(walk.mode()).isEqualTo(PagingMode.PAE);
        assertThat(walk.physical()).isEqualTo(0x71_2345);
        assertThat(walk.steps()).extracting(PageWalk.Step::name).containsExactly("PDPTE", "PDE");
    }

    @Test
    void shouldEndOnAnyTablesAtAll() {
        long seed = Long.getLong("paravert.seed", 20261123L);
        SplittableRandom random = new SplittableRandom(seed);
        for (long gpa = 0; gpa < 1 << 20; gpa += 8) {
            // Often present, often pointing back into these tables.
            memory.putLong(gpa, random.nextLong() & (random.nextBoolean() ? 0xfffffL : -1) | random.nextInt(4));
        }
        for (int i = 0; i < 100_000; i++) {
            state.cr0 = CR0_PG;
            state.cr3 = random.nextLong() & 0xfffff;
            state.cr4 = random.nextLong();
            state.efer = random.nextLong();
            long linear = random.nextLong() >> random.nextInt(64);
            PageWalk walk = PageWalk.of(memory, state, linear);
            assertThat(walk.steps().size()).as("seed %d", seed).isLessThanOrEqualTo(5);
            assertThat(walk.summary()).isNotEmpty();
        }
    }
}
