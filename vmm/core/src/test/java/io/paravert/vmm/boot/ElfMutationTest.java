package io.paravert.vmm.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.paravert.abi.AbiVersion;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.memory.GuestMemory;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Hostile files: whatever is done to an ELF file, it is loaded or refused, quickly, and without memory of its choosing. */
class ElfMutationTest {
    private static final int MUTATIONS = 100_000;
    private static final int MEMORY = 2 << 20;
    /** Far above what a small file needs, far below what its fields can ask for. */
    private static final long MAX_BYTES_EACH = 1 << 20;

    private static final long[] INTERESTING = {
        0,
        1,
        -1,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0xffff,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0xfff,
        0x1000,
        56,
        64,
        0x100000,
        MEMORY,
        -4096,
        1L << 52
    };

    private final long seed = Long.getLong("paravert.seed", 20261123L);
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void shouldRefuseOrLoadEveryMutatedFile() {
        byte[][] originals = {
            ElfFixture.hello().bytes(),
            ElfFixture.hello().pvhNote(0x100010).bytes(),
            ElfFixture.hello()
                    .pvhNote(0x100010)
                    .paravertNote(AbiVersion.VALUE, 0x100020)
                    .load(0x180000, 0x180000, new byte[100], 0x1000)
                    .bytes(),
        };
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int loaded = 0;
        int refused = 0;
        try (GuestMemory memory = GuestMemory.allocate(MEMORY)) {
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] file = mutate(originals[i % originals.length]);
                long before = threads.getCurrentThreadAllocatedBytes();
                if (loads(file, memory, i)) {
                    loaded++;
                } else {
                    refused++;
                }
                assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                        .as("bytes allocated for mutation %d of seed %d", i, seed)
                        .isLessThan(MAX_BYTES_EACH);
            }
        }
        assertThat(loaded).as("files that still load").isGreaterThan(MUTATIONS / 100);
        assertThat(refused).as("files that are refused").isGreaterThan(MUTATIONS / 10);
    }

    private boolean loads(byte[] file, GuestMemory memory, int mutation) {
        BootFacts facts = new BootFacts(0, 1, 0, 1, MEMORY, 1, 0, 1, List.of());
        try {
            GuestImage image = GuestImage.parse(GuestFile.of("mutated", file));
            assertThat(new ImageLoader(image).load(memory, facts).state().rip).isEqualTo(image.entry());
            return true;
        } catch (GuestFileException e) {
            assertThat(e.getMessage()).contains("mutated").contains("expected").doesNotContain("\n");
            return false;
        } catch (RuntimeException | Error e) {
            return fail("mutation " + mutation + " of seed " + seed, e);
        }
    }

    private byte[] mutate(byte[] original) {
        byte[] file = original.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            switch (random.nextInt(5)) {
                case 0 -> file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> file[random.nextInt(file.length)] = (byte) random.nextInt();
                case 2 -> putNumber(file, INTERESTING[random.nextInt(INTERESTING.length)]);
                case 3 -> putNumber(file, random.nextLong() >> random.nextInt(64));
                default -> file = Arrays.copyOf(file, 1 + random.nextInt(file.length + 64));
            }
        }
        return file;
    }

    /** Overwrites a field of the headers or notes, or anything else, at the fields' own alignment. */
    private void putNumber(byte[] file, long value) {
        int width = 2 << random.nextInt(3);
        int at = random.nextInt(file.length) & -2;
        byte[] bytes = ElfFixture.number(width, value);
        System.arraycopy(bytes, 0, file, at, Math.min(width, file.length - at));
    }
}
