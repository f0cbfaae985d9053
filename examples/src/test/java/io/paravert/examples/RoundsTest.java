package io.paravert.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestRun;
import io.paravert.guest.junit.GuestTest;
import io.paravert.vmm.VmOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A machine that has been created, run and closed leaves nothing, on each engine. */
class RoundsTest {
    private static final int WARM = 50;
    private static final int ROUNDS = 1_000;

    /** What the JVM and Vert.x may add by themselves in that time: a pool's threads, and the arenas of those. */
    private static final int THREADS = 30;

    private static final int MAPPINGS = 120;
    private static final GuestProgram PROGRAM = PvAssembler.program("round", GuestMode.LONG, g -> g.shutdown(0));

    /** What the kernel says that this process has. */
    private record Holdings(int descriptors, int mappings, int threads) {
        static Holdings now() throws IOException {
            return new Holdings(count("/proc/self/fd"), lines("/proc/self/maps"), count("/proc/self/task"));
        }

        private static int count(String folder) throws IOException {
            try (Stream<Path> entries = Files.list(Path.of(folder))) {
                return (int) entries.count();
            }
        }

        private static int lines(String file) throws IOException {
            try (Stream<String> lines = Files.lines(Path.of(file))) {
                return (int) lines.count();
            }
        }
    }

    @GuestTest(timeoutSeconds = 120)
    void shouldLeaveNoDescriptorMappingOrThreadAfterManyMachines(GuestHost host) throws IOException {
        rounds(host, WARM);
        Holdings before = Holdings.now();
        rounds(host, ROUNDS);
        Holdings after = Holdings.now();
        assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors() + 4);
        assertThat(after.mappings()).isLessThan(before.mappings() + MAPPINGS);
        assertThat(after.threads()).isLessThan(before.threads() + THREADS);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("round-"));
    }

    private static void rounds(GuestHost host, int count) {
        for (int i = 0; i < count; i++) {
            GuestRun run =
                    host.run(PROGRAM, config -> config.memoryBytes(2L << 20).vcpus(2));
            assertThat(run.outcome()).isEqualTo(new VmOutcome.Shutdown(0, false));
        }
    }
}
