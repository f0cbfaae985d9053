package io.paravert.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.device.Delivery;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.load.EchoTarget;
import io.paravert.load.Faults;
import io.paravert.load.LoadPlan;
import io.paravert.load.LoadTest;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxTestContext;
import java.time.Duration;

/** A load test: ten guests at a rate, one request in four delayed, and what the delay does to the latency of the rest. */
class LoadExampleTest {
    @GuestTest
    void delaysShouldBeSeenAndNothingShouldFail(GuestHost host, Vertx vertx, VertxTestContext context) {
        LoadPlan plan =
                LoadPlan.atRate(10, 20, Duration.ofMillis(500)).withFaults(Faults.delay(0.25, Duration.ofMillis(10)));
        EchoTarget target = new EchoTarget(EchoTarget.Path.PORT, Delivery.CALL);

        new LoadTest(plan, target)
                .start(host.engine(), vertx)
                .onComplete(context.succeeding(report -> context.verify(() -> {
                    assertThat(report.operations()).isPositive();
                    assertThat(report.failures()).isZero();
                    assertThat(report.endings()).isEmpty();
                    assertThat(report.latency().getMaxValue()).isGreaterThan(9_000_000);
                    context.completeNow();
                })));
    }
}
