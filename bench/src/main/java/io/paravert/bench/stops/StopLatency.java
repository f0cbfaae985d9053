package io.paravert.bench.stops;

import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineProvider;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Arrays;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long {@link Vm#pause} and {@link Vm#stop} take, by the clock, while the guest runs the tightest loop on the software engine: {@code
 * bench/stops [TIMES]}. The goal is 10 ms.
 */
public final class StopLatency {
    private static final int TABLES = 0x10_0000;
    private static final int CODE = TABLES + 0x3000;
    private static final long MEMORY = 4L << 20;
    private static final long SECONDS = 60;
    private static final long WARM_UP_NANOS = 300_000_000;
    private static final long APART_NANOS = 3_000_000;
    /** A machine is made for each stop. */
    private static final int PAUSES_FOR_A_STOP = 20;

    private StopLatency() {}

    public static void main(String[] args) throws Exception {
        int times = args.length > 0 ? Integer.parseInt(args[0]) : 400;
        Vertx vertx = Vertx.vertx();
        EngineProvider soft = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("soft"))
                .findFirst()
                .orElseThrow();
        try (Engine engine = soft.open()) {
            pauses(engine, vertx, times);
            stops(engine, vertx, Math.max(1, times / PAUSES_FOR_A_STOP));
        }
        vertx.close();
    }

    private static void pauses(Engine engine, Vertx vertx, int times) throws Exception {
        long[] nanos = new long[times];
        try (Vm vm = start(engine, vertx)) {
            for (int i = 0; i < times; i++) {
                LockSupport.parkNanos(APART_NANOS);
                nanos[i] = timed(vm.pause(), System.nanoTime());
                timed(vm.resume(), 0);
            }
        }
        print("pause", nanos);
    }

    private static void stops(Engine engine, Vertx vertx, int times) throws Exception {
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            try (Vm vm = start(engine, vertx)) {
                long from = System.nanoTime();
                nanos[i] = timed(vm.stop(), from);
            }
        }
        print("stop", nanos);
    }

    /** A machine whose vCPU has been in its loop for a while, so that the loop is translated. */
    private static Vm start(Engine engine, Vertx vertx) throws Exception {
        VmConfig config = VmConfig.builder((memory, facts) -> {
                    memory.putLong(TABLES, TABLES + 0x1000 | 3);
                    memory.putLong(TABLES + 0x1000, TABLES + 0x2000 | 3);
                    memory.putLong(TABLES + 0x2000, 0x83);
                    // JMP to itself.
                    memory.putLong(CODE, 0xfeeb);
                    return new GuestEntry(state(), "a loop");
                })
                .name("stops")
                .memoryBytes(MEMORY)
                .timeout(Duration.ofSeconds(SECONDS))
                .build();
        Vm vm = Vm.create(config, vertx, engine);
        timed(vm.start(), 0);
        LockSupport.parkNanos(WARM_UP_NANOS);
        return vm;
    }

    private static CpuState state() {
        CpuState state = new CpuState();
        for (CpuState.Segment segment : state.segments) {
            segment.set(0x10, 0, -1, 0xc93);
        }
        state.segments[CpuState.CS].set(8, 0, -1, 0xa9b);
        state.tr.set(0x18, 0, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, 0x82 | CpuState.Segment.UNUSABLE);
        state.cr0 = 0x8005_0033L;
        state.cr3 = TABLES;
        state.cr4 = 0x620;
        state.efer = 0xd00;
        state.rip = CODE;
        return state;
    }

    private static long timed(Future<?> done, long from) throws Exception {
        done.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        return System.nanoTime() - from;
    }

    private static void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "%-6s %8.1f us at the median, %8.1f at 99 %%, %8.1f at most, of %d%n",
                what,
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3,
                nanos[nanos.length - 1] / 1e3,
                nanos.length);
    }
}
