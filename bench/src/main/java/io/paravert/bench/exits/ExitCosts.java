package io.paravert.bench.exits;

import io.paravert.device.Delivery;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineProvider;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Measures exits per second in Java beside C, alternating in one run, and what the deliveries CALL and POST add to INLINE.
 * Arguments: exits of a pass (default 20000), rounds (default 9).
 */
public final class ExitCosts {
    private static final int EXITS = 20_000;
    private static final int ROUNDS = 9;
    /** Of a histogram. */
    private static final int DIGITS = 3;
    /** How fast against C, round by round: 1 is as fast. */
    private static final String SPEED = "speed against C";

    private final PrintStream out;
    private final int exits;
    private final int rounds;

    private ExitCosts(PrintStream out, int exits, int rounds) {
        this.out = out;
        this.exits = exits;
        this.rounds = rounds;
    }

    public static void main(String[] args) throws Exception {
        int exits = args.length > 0 ? Integer.parseInt(args[0]) : EXITS;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : ROUNDS;
        EngineProvider kvm = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.name().equals("kvm"))
                .findFirst()
                .orElseThrow();
        Vertx vertx = Vertx.vertx();
        try (Engine engine = kvm.open()) {
            ExitCosts costs = new ExitCosts(System.out, exits, rounds);
            costs.compareWithC(engine, vertx);
            costs.compareDeliveries(engine, vertx);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }

    /** One row: what is measured, once a round. */
    private record Row(String name, Supplier<Cost> measurement, Samples wall, Samples cpu) {
        void measure() {
            Cost cost = measurement.get();
            wall.add(cost.wall());
            cpu.add(cost.cpu());
        }

        void clear() {
            wall.clear();
            cpu.clear();
        }
    }

    private Row row(String name, Supplier<Cost> measurement) {
        return new Row(name, measurement, new Samples(rounds + 1), new Samples(rounds + 1));
    }

    private void compareWithC(Engine engine, Vertx vertx) {
        CLoop c = CLoop.compile();
        Row outC = row("OUT loop, C", () -> c.measure(false, exits));
        Row callC = row("null hypercall, C", () -> c.measure(true, exits));
        List<Row> outs = List.of(
                outC,
                row("OUT loop, engine alone", () -> EngineLoop.measure(engine, exits)),
                row("OUT loop, INLINE device", () -> VmLoop.portWrite(engine, vertx, Delivery.INLINE, exits)));
        List<Row> calls = List.of(callC, row("null hypercall, INLINE", () -> VmLoop.nullCall(engine, vertx, exits)));
        for (int round = 0; round <= rounds; round++) {
            outs.forEach(Row::measure);
            calls.forEach(Row::measure);
            if (round == 0) {
                // The first one was for the JIT.
                outs.forEach(Row::clear);
                calls.forEach(Row::clear);
            }
        }
        out.printf("%d exits a pass, %d rounds, alternating; ns an exit%n", exits, rounds);
        out.printf(
                "%-24s %7s %7s %7s %9s  %-20s  %-20s%n",
                "", "median", "min", "max", "CPU time", SPEED, SPEED + ", CPU");
        outs.forEach(row -> print(row, outC));
        calls.forEach(row -> print(row, callC));
    }

    private void print(Row row, Row base) {
        Samples s = row.wall();
        out.printf(
                "%-24s %7.0f %7.0f %7.0f %9.0f  %s  %s%n",
                row.name(),
                s.median(),
                s.min(),
                s.max(),
                row.cpu().median(),
                ratio(s.ratioOf(base.wall())),
                ratio(row.cpu().ratioOf(base.cpu())));
    }

    private static String ratio(Samples ratio) {
        return String.format("%.3f (%.3f-%.3f)%1s", ratio.median(), ratio.min(), ratio.max(), "");
    }

    private void compareDeliveries(Engine engine, Vertx vertx) {
        Histogram inline = new Histogram(DIGITS);
        Histogram call = new Histogram(DIGITS);
        Histogram post = new Histogram(DIGITS);
        for (int round = 0; round <= rounds; round++) {
            inline.add(VmLoop.serving(engine, vertx, Delivery.INLINE, exits));
            call.add(VmLoop.serving(engine, vertx, Delivery.CALL, exits));
            post.add(VmLoop.serving(engine, vertx, Delivery.POST, exits));
            if (round == 0) {
                inline.reset();
                call.reset();
                post.reset();
            }
        }
        out.printf("%nserving a port write, ns (without the exit itself)%n");
        out.printf("%-10s %10s %10s %16s %16s%n", "", "median", "p99", "over INLINE", "over INLINE, p99");
        print("INLINE", inline, inline);
        print("CALL", call, inline);
        print("POST", post, inline);
    }

    private void print(String name, Histogram served, Histogram inline) {
        long median = served.getValueAtPercentile(50);
        long p99 = served.getValueAtPercentile(99);
        out.printf(
                "%-10s %10d %10d %16d %16d%n",
                name, median, p99, median - inline.getValueAtPercentile(50), p99 - inline.getValueAtPercentile(99));
    }
}
