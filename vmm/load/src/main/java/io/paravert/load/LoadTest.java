package io.paravert.load;

import io.paravert.guest.GuestProgram;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.boot.ImageLoader;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.pv.GuestDirectory;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * One load test: makes the guests, lets them drive their devices, measures, and takes everything away again.
 *
 * <pre>{@code
 * LoadReport report = new LoadTest(LoadPlan.atRate(100, 50, Duration.ofSeconds(2)), new EchoTarget(Path.PORT, Delivery.CALL))
 *         .run(engine, vertx);
 * }</pre>
 */
public final class LoadTest {
    /** How long guests may take to boot or to end before the test is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Between two looks at where the test stands. */
    private static final long LOOK_NANOS = 200_000_000;

    private final LoadPlan plan;
    private final List<LoadShare> shares;
    private final List<ImageLoader> loaders;
    private Consumer<LoadProgress> progress = step -> {};

    /** All guests do the same, with the plan's faults. */
    public LoadTest(LoadPlan plan, LoadTarget target) {
        this(plan, List.of(new LoadShare(target, plan.faults())));
    }

    /** @param shares which the guests take in turn, at least one; each has faults of its own, and the plan's are not used */
    public LoadTest(LoadPlan plan, List<LoadShare> shares) {
        if (shares.isEmpty() || shares.size() > plan.guests()) {
            throw new LoadException(shares.size() + " kinds of guests among " + plan.guests()
                    + " guests: give at least one, and a guest for each");
        }
        this.plan = plan;
        this.shares = List.copyOf(shares);
        this.loaders = shares.stream().map(share -> loader(share.target())).toList();
    }

    private static ImageLoader loader(LoadTarget target) {
        GuestProgram program = LoadGuest.program(target);
        List<GuestImage.Piece> pieces = program.segments().stream()
                .map(s -> new GuestImage.Piece(s.gpa(), s.bytes(), s.memoryBytes()))
                .toList();
        return new ImageLoader(GuestImage.of(program.name(), pieces, program.entry(), EntryMode.LONG));
    }

    /** Is told every fifth of a second where the test stands; on the thread that runs it. */
    public LoadTest onProgress(Consumer<LoadProgress> listener) {
        progress = listener;
        return this;
    }

    /** As {@link #run}, on a thread of its own; completes on the caller's context. */
    public Future<LoadReport> start(Engine engine, Vertx vertx) {
        Promise<LoadReport> promise = Promise.promise();
        Context context = vertx.getOrCreateContext();
        Thread thread = new Thread(
                () -> {
                    try {
                        LoadReport report = run(engine, vertx);
                        context.runOnContext(ignored -> promise.complete(report));
                    } catch (RuntimeException | Error e) {
                        context.runOnContext(ignored -> promise.fail(e));
                    }
                },
                "paravert-load");
        thread.setDaemon(true);
        thread.start();
        return promise.future();
    }

    /**
     * Runs the test to its end. Not on an event loop: it waits.
     *
     * @param engine stays open
     * @throws LoadException if a guest does not boot
     * @throws RuntimeException what {@link Vm#create} throws
     */
    public LoadReport run(Engine engine, Vertx vertx) {
        if (Context.isOnEventLoopThread()) {
            throw new LoadException("a load test would block an event loop: use start()");
        }
        Run run = new Run(engine, vertx);
        try (LagMeter lag = new LagMeter(vertx)) {
            return run.measure(lag);
        } finally {
            run.close();
        }
    }

    private final class Run {
        private final Engine engine;
        private final Vertx vertx;
        private final Gauge gauge = new Gauge(plan.guests());
        private final List<Recorder> latencies =
                shares.stream().map(share -> new Recorder(Gauge.DIGITS)).toList();
        private final GuestDirectory directory = new GuestDirectory();
        private final List<Vm> vms = new ArrayList<>();
        private final List<Pace> paces = new ArrayList<>();
        private long lastLook = System.nanoTime();

        Run(Engine engine, Vertx vertx) {
            this.engine = engine;
            this.vertx = vertx;
        }

        LoadReport measure(LagMeter lag) {
            long resident = ResidentMemory.now();
            long begin = System.nanoTime();
            for (int i = 0; i < plan.guests(); i++) {
                sleepUntil(begin + plan.ramp().toNanos() / plan.guests() * i);
                boot(i);
                tellOfBoots();
            }
            awaitBoots();
            double bootSeconds = (System.nanoTime() - begin) / 1e9;
            long grown = resident < 0 ? -1 : (ResidentMemory.now() - resident) / plan.guests();
            lag.reset();
            long start = System.nanoTime();
            latencies.forEach(Recorder::reset);
            gauge.begin();
            measureUntil(start, start + plan.duration().toNanos());
            gauge.end();
            double seconds = (gauge.endedAt() - start) / 1e9;
            Histogram late = lag.histogram();
            List<String> endings = end();
            List<LoadReport.Part> parts = parts();
            return new LoadReport(
                    engine.name(),
                    shares.stream().map(LoadShare::describe).collect(Collectors.joining("; ")),
                    plan.guests(),
                    seconds,
                    paces.stream().mapToLong(Pace::operations).sum(),
                    paces.stream().mapToLong(Pace::failures).sum(),
                    all(parts),
                    paces.stream().map(Pace::operations).toList(),
                    plan.guests() / bootSeconds,
                    gauge.boots.getIntervalHistogram(),
                    grown,
                    late,
                    parts,
                    endings);
        }

        private List<LoadReport.Part> parts() {
            List<LoadReport.Part> parts = new ArrayList<>();
            for (int kind = 0; kind < shares.size(); kind++) {
                List<Pace> own = new ArrayList<>();
                for (int i = kind; i < paces.size(); i += shares.size()) {
                    own.add(paces.get(i));
                }
                parts.add(new LoadReport.Part(
                        shares.get(kind).describe(),
                        own.stream().mapToLong(Pace::operations).sum(),
                        own.stream().mapToLong(Pace::failures).sum(),
                        latencies.get(kind).getIntervalHistogram(),
                        own.stream().map(Pace::operations).toList()));
            }
            return parts;
        }

        private static Histogram all(List<LoadReport.Part> parts) {
            Histogram sum = new Histogram(Gauge.DIGITS);
            parts.forEach(part -> sum.add(part.latency()));
            return sum;
        }

        private void measureUntil(long start, long end) {
            for (long now = start; now - end < 0; now = System.nanoTime()) {
                sleepUntil(Math.min(end, now + LOOK_NANOS));
                double seconds = (System.nanoTime() - start) / 1e9;
                progress.accept(new LoadProgress(
                        plan.guests(),
                        plan.guests(),
                        seconds,
                        plan.duration().toNanos() / 1e9,
                        paces.stream().mapToLong(Pace::operations).sum()));
            }
        }

        private void tellOfBoots() {
            long now = System.nanoTime();
            if (now - lastLook >= LOOK_NANOS) {
                lastLook = now;
                int booted = plan.guests() - (int) gauge.booted.getCount();
                progress.accept(new LoadProgress(
                        plan.guests(), booted, 0, plan.duration().toNanos() / 1e9, 0));
            }
        }

        private void boot(int number) {
            int kind = number % shares.size();
            LoadShare share = shares.get(kind);
            Pace pace = new Pace(
                    gauge,
                    latencies.get(kind),
                    plan.isPaced() ? plan.periodNanos() : 0,
                    (double) number / plan.guests(),
                    System.nanoTime());
            paces.add(pace);
            VmConfig.Builder config = VmConfig.builder(loaders.get(kind))
                    .name("load-" + number)
                    .memoryBytes(plan.memoryBytes())
                    .deviceDeadline(plan.deviceDeadline())
                    .directory(directory)
                    .device("pace", pace);
            config.device("target", share.target().device(share.faults(), plan.deviceDeadline(), number));
            Vm vm = Vm.create(config.build(), vertx, engine);
            vms.add(vm);
            vm.start();
        }

        private void awaitBoots() {
            long end = System.nanoTime() + PATIENCE.toNanos();
            try {
                while (!gauge.booted.await(20, TimeUnit.MILLISECONDS)) {
                    Optional<Vm> ended =
                            vms.stream().filter(vm -> vm.ended().isComplete()).findFirst();
                    tellOfBoots();
                    if (ended.isPresent()) {
                        throw new LoadException(ended.get().name() + " ended before it began: "
                                + ended.get().ended().result());
                    }
                    if (System.nanoTime() - end > 0) {
                        throw new LoadException(gauge.booted.getCount() + " of " + plan.guests()
                                + " guests have not booted after " + PATIENCE.toSeconds() + " s");
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LoadException("the load test was interrupted");
            }
        }

        private List<String> end() {
            List<String> bad = new ArrayList<>();
            long patience = System.nanoTime() + plan.deviceDeadline().toNanos() + PATIENCE.toNanos();
            for (Vm vm : vms) {
                VmOutcome outcome = outcomeOf(vm, Math.max(1, (patience - System.nanoTime()) / 1_000_000));
                if (!outcome.equals(new VmOutcome.Shutdown(0, false))) {
                    bad.add(vm.name() + ": " + outcome);
                }
            }
            return bad;
        }

        private VmOutcome outcomeOf(Vm vm, long millis) {
            try {
                return vm.ended().await(millis, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                return vm.stop().await();
            }
        }

        private void sleepUntil(long nanoTime) {
            for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
                LockSupport.parkNanos(left);
                if (Thread.currentThread().isInterrupted()) {
                    throw new LoadException("the load test was interrupted");
                }
            }
        }

        void close() {
            // All are told first, so that they end side by side.
            vms.forEach(Vm::release);
            vms.forEach(Vm::close);
        }
    }
}
