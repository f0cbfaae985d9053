package io.paravert.examples;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.CallRange;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;
import io.paravert.isa.asm.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxTestContext;
import java.time.Duration;

/** How a device's author tests with guests: the device and the test share a Vert.x, and the guest drives. */
class VertxInGuestTestsTest {
    private static GuestProgram calling(int times) {
        return PvAssembler.program("caller", GuestMode.LONG, g -> {
            for (int i = 0; i < times; i++) {
                g.hypercall(CallRange.PLUGIN_FIRST, Addresses.imm(i));
            }
        });
    }

    /** Asks the test's own event bus for each answer. */
    private record BusDevice(String address) implements Device {
        @Override
        public void attach(DeviceSite site) {
            site.claimHypercalls(
                    CallRange.PLUGIN_FIRST,
                    1,
                    Delivery.CALL,
                    call -> site.vertx()
                            .eventBus()
                            .<Long>request(address, call.a0())
                            .map(reply -> reply.body()));
        }
    }

    @GuestTest
    void guestAndTestShouldMeetOnTheTestsOwnEventBus(GuestHost host, Vertx vertx, VertxTestContext context) {
        vertx.eventBus().<Long>consumer("answers", message -> {
            message.reply(message.body() * 2);
            if (message.body() == 2) {
                context.completeNow();
            }
        });

        GuestProgram program = calling(3);

        assertThat(host.run(program, config -> config.device("bus0", new BusDevice("answers"))))
                .hasExited(0)
                .hasCalled(CallRange.PLUGIN_FIRST, 3);
    }

    @GuestTest
    void aGuestThatNeverEndsShouldBeStoppedByItsTimeLimit(GuestHost host) {
        GuestProgram endless = PvAssembler.program("endless", GuestMode.LONG, g -> g.jmp(g.here()));

        assertThat(host.run(endless, config -> config.timeout(Duration.ofMillis(200))))
                .hasTimedOut();
    }

    @GuestTest
    void guestsShouldRunSideBySide(GuestHost host) {
        GuestProgram program = new Hello().program();
        try (RunningGuest first = host.start(program, config -> {});
                RunningGuest second = host.start(program, config -> {})) {
            assertThat(first.vm().name()).isNotEqualTo(second.vm().name());
            assertThat(first.await()).hasExited(0);
            assertThat(second.await()).hasExited(0).hasPrinted(Golden.expected("hello"));
        }
    }

    @GuestTest
    void aDeviceThatFailsShouldNotHurtItsGuest(GuestHost host) {
        Device failing = site -> site.claimHypercalls(
                CallRange.PLUGIN_FIRST, 1, Delivery.CALL, call -> Future.failedFuture("out of order"));

        assertThat(host.run(calling(1), config -> config.device("failing0", failing)))
                .hasExited(0);
    }
}
