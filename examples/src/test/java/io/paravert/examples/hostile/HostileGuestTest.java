package io.paravert.examples.hostile;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.Hypercall;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestRun;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;
import io.paravert.vmm.ConsoleSink;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxTestContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;

/**
 * Over a million hypercalls that nobody thought of, over several seeds, with port and MMIO accesses between them, beside a guest that
 * watches its memory. KVM, where leaving the guest costs most, makes a third of them. A longer run, for one seed and those after it:
 * {@code -Dparavert.hostile.rounds=100000 -Dparavert.hostile.seed=1}; a round is 69 calls and about 21 exits.
 */
class HostileGuestTest {
    private static final int SEEDS = 5;
    private static final int ROUNDS = 3_000;
    private static final int ROUNDS_ON_KVM = 1_000;
    private static final long FIRST_SEED = Long.getLong("paravert.hostile.seed", 20_261_123L);
    /** What may be in use more than before: caches and counters, nothing that grows with the calls. */
    private static final long GROWTH = 48L << 20;

    @GuestTest(timeoutSeconds = 600)
    void aHostileGuestShouldHurtNobodyButItself(GuestHost host, Vertx vertx, VertxTestContext context) {
        List<Throwable> escaped = new CopyOnWriteArrayList<>();
        int usual = host.engine().name().equals("kvm") ? ROUNDS_ON_KVM : ROUNDS;
        int rounds = Integer.getInteger("paravert.hostile.rounds", usual);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> escaped.add(e));
        vertx.exceptionHandler(escaped::add);
        try (RunningGuest neighbour = host.start(Neighbour.program(), config -> {})) {
            neighbour.awaitConsole("watching");
            run(host, FIRST_SEED - 1, 300);
            long before = usedMemory();
            LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS).forEach(seed -> run(host, seed, rounds));
            assertThat(usedMemory()).as("memory in use").isLessThan(before + GROWTH);

            neighbour.type("x");
            assertThat(neighbour.await()).hasExited(0).hasPrinted("watching\nunharmed\n");
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(null);
        }
        assertThat(escaped).as("exceptions that escaped").isEmpty();
        context.completeNow();
    }

    private static void run(GuestHost host, long seed, int rounds) {
        HostileDevices devices = new HostileDevices();
        GuestRun run = host.run(
                HostileGuest.program(seed * 0x9e37_79b9_7f4a_7c15L, rounds),
                config -> config.memoryBytes(HostileGuest.RAM)
                        .console(ConsoleSink.discard())
                        .device("hostile0", devices.device()));
        System.out.printf(
                "hostile guest, seed %d on %s: %d calls, %d exits, %.1f s%n",
                seed,
                run.engine(),
                HostileGuest.calls(rounds),
                run.statistics().totalExits(),
                run.statistics().runNanos() / 1e9);
        assertThat(run).as("seed %d", seed).hasExited(0);
        assertThat(run.calls(Hypercall.MULTICALL)).isGreaterThanOrEqualTo(rounds);
        assertThat(devices.posts()).isPositive();
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
