package io.paravert.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.device.Delivery;
import io.paravert.load.EchoTarget.Path;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineProvider;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadTestTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Vertx VERTX = Vertx.vertx();
    private static final Engine ENGINE = ServiceLoader.load(EngineProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals("soft"))
            .findFirst()
            .orElseThrow()
            .open();

    @AfterAll
    static void close() {
        // The ENGINE refuses to close while a machine is open: nothing was left behind.
        ENGINE.close();
        VERTX.close().await();
    }

    private static LoadReport run(LoadPlan plan, EchoTarget target) {
        return new LoadTest(plan, target).run(ENGINE, VERTX);
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    void shouldDriveADeviceOverEachPathAndDelivery(Path path) {
        for (Delivery delivery : Delivery.values()) {
            LoadReport report = run(LoadPlan.flatOut(3, SHORT), new EchoTarget(path, delivery));
            assertThat(report.endings()).isEmpty();
            assertThat(report.operations()).as("%s %s", path, delivery).isGreaterThan(30);
            assertThat(report.failures()).isZero();
            assertThat(report.latency().getTotalCount()).isEqualTo(report.operations());
            assertThat(report.perGuest()).hasSize(3).allMatch(operations -> operations > 0);
            assertThat(report.boot().getTotalCount()).isEqualTo(3);
            assertThat(report.lag().getTotalCount()).as("ticks of event loops").isPositive();
            assertThat(report.describe()).contains("3 guests on soft, echo by ", "operations/s");
        }
    }

    @Test
    void shouldBeginNoMoreThanTheRateAsks() {
        LoadReport report =
                run(LoadPlan.atRate(4, 50, Duration.ofMillis(400)), new EchoTarget(Path.HYPERCALL, Delivery.INLINE));
        // 4 guests, 50/s, 0.4 s or as long as it took on a busy machine: none may begin before it is due.
        assertThat(report.operations()).isBetween(4L, 4 + (long) (4 * 50 * report.seconds()));
        assertThat(report.failures()).isZero();
    }

    @Test
    void shouldShowFaultsThatWereAskedFor() {
        LoadReport failing =
                run(LoadPlan.flatOut(2, SHORT).withFaults(Faults.fail(0.5)), new EchoTarget(Path.PORT, Delivery.CALL));
        assertThat((double) failing.failures() / failing.operations()).isBetween(0.3, 0.7);
        LoadReport late = run(
                LoadPlan.flatOut(2, SHORT).withFaults(Faults.delay(1, Duration.ofMillis(20))),
                new EchoTarget(Path.HYPERCALL, Delivery.INLINE));
        assertThat(late.failures()).isZero();
        assertThat(late.latency().getMinValue()).isGreaterThanOrEqualTo(19_000_000);
        LoadReport dropping = run(
                LoadPlan.flatOut(1, Duration.ofMillis(1500))
                        .withFaults(Faults.drop(1))
                        .withDeviceDeadline(Duration.ofMillis(500)),
                new EchoTarget(Path.HYPERCALL, Delivery.CALL));
        assertThat(dropping.failures()).isPositive().isEqualTo(dropping.operations());
        assertThat(dropping.endings()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = BlockTarget.Path.class,
            names = {"HYPERCALL", "VIRTIO", "RING"})
    void shouldMakeRequestsOfADiskGoWrongWhicheverPathTheyComeBy(BlockTarget.Path path) {
        int depth = path == BlockTarget.Path.HYPERCALL ? 1 : 4;
        BlockTarget target = new BlockTarget(path, depth);
        LoadPlan second = LoadPlan.flatOut(1, Duration.ofSeconds(1));
        LoadReport failing = new LoadTest(second.withFaults(Faults.fail(1)), target).run(ENGINE, VERTX);
        assertThat(failing.failures()).isPositive().isEqualTo(failing.operations());
        LoadReport late =
                new LoadTest(second.withFaults(Faults.delay(1, Duration.ofMillis(20))), target).run(ENGINE, VERTX);
        assertThat(late.failures()).isZero();
        assertThat(late.latency().getMinValue()).isGreaterThanOrEqualTo(19_000_000);
        LoadReport dropping = new LoadTest(
                        second.withFaults(Faults.drop(1)).withDeviceDeadline(Duration.ofMillis(100)), target)
                .run(ENGINE, VERTX);
        assertThat(dropping.failures()).isPositive().isEqualTo(dropping.operations());
        assertThat(dropping.endings()).isEmpty();
    }

    @Test
    void shouldCompleteAFutureWithoutBlockingTheCaller() throws Exception {
        LoadTest test = new LoadTest(LoadPlan.flatOut(2, SHORT), new EchoTarget(Path.MMIO, Delivery.CALL));
        LoadReport report = VERTX.<LoadReport>executeBlocking(() -> null)
                .compose(ignored -> test.start(ENGINE, VERTX))
                .await(30, TimeUnit.SECONDS);
        assertThat(report.operations()).isPositive();
    }

    @Test
    void shouldRunAHundredGuestsAndStarveNone() {
        LoadReport report =
                run(LoadPlan.atRate(100, 10, Duration.ofMillis(600)), new EchoTarget(Path.HYPERCALL, Delivery.CALL));
        assertThat(report.endings()).isEmpty();
        assertThat(report.perGuest()).hasSize(100).allMatch(operations -> operations > 0);
    }

    @Test
    void shouldShowEachTimeThatAnEventLoopWasHeldUp() {
        try (LagMeter lag = new LagMeter(VERTX)) {
            for (int hold = 0; hold < 3; hold++) {
                lag.reset();
                // All loops, so that the meter's are among them whichever they are.
                for (int loop = 0; loop < 16; loop++) {
                    VERTX.deployVerticle(context -> {
                                LockSupport.parkNanos(30_000_000);
                                return Future.succeededFuture();
                            })
                            .await();
                }
                assertThat(lag.histogram().getMaxValue()).as("hold %d", hold).isGreaterThan(15_000_000);
            }
        }
    }

    @Test
    void shouldRefusePlansThatMakeNoSense() {
        assertThatThrownBy(() -> LoadPlan.flatOut(0, SHORT)).hasMessage("0 guests: give 1 to 1000");
        assertThatThrownBy(() -> LoadPlan.flatOut(1001, SHORT)).isInstanceOf(LoadException.class);
        assertThatThrownBy(() -> LoadPlan.atRate(1, -1, SHORT)).hasMessageContaining("operations a second");
        assertThatThrownBy(() -> LoadPlan.atRate(1, Double.NaN, SHORT)).isInstanceOf(LoadException.class);
        assertThatThrownBy(() -> LoadPlan.flatOut(1, Duration.ZERO)).hasMessageContaining("duration");
        assertThatThrownBy(() -> Faults.fail(1.5)).hasMessageContaining("give 0 to 1");
        assertThatThrownBy(() -> new Faults(SHORT, 0.5, 0.5, 0.5, 1)).hasMessageContaining("at most 1");
        assertThat(List.of(Faults.none())).allMatch(Faults::isNone);
    }
}
