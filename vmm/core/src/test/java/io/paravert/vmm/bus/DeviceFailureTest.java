package io.paravert.vmm.bus;

import static io.paravert.vmm.script.VmFixture.await;
import static io.paravert.vmm.script.VmFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.abi.CallRange;
import io.paravert.abi.Hypercall;
import io.paravert.abi.PvError;
import io.paravert.device.Delivery;
import io.paravert.device.DeviceError;
import io.paravert.device.DeviceSite;
import io.paravert.device.HypercallHandler;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.VmState;
import io.paravert.vmm.VmStatistics.DeviceStatistics;
import io.paravert.vmm.script.LogLines;
import io.paravert.vmm.script.Script;
import io.paravert.vmm.script.Step;
import io.paravert.vmm.script.VmFixture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a device can do wrong, and that it hurts only its own requests. */
class DeviceFailureTest {
    private static final int CALL = CallRange.PLUGIN_FIRST;
    private static final Step SHUTDOWN = Step.call(Hypercall.SHUTDOWN, 0, 0);
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    @RegisterExtension
    final VmFixture vms = new VmFixture();

    @RegisterExtension
    final LogLines log = new LogLines();

    /** What each step of the guest gave it. */
    private final List<Long> seen = new CopyOnWriteArrayList<>();

    private Script recorded(Step... steps) {
        int[] next = {0};
        return previous -> {
            if (next[0] > 0) {
                seen.add(previous);
            }
            return next[0] < steps.length ? steps[next[0]++] : SHUTDOWN;
        };
    }

    private static Consumer<DeviceSite> serving(HypercallHandler handler) {
        return site -> site.claimHypercalls(CALL, 4, Delivery.CALL, handler);
    }

    private VmConfig.Builder guest(Step... steps) {
        return vms.config("vm", recorded(steps)).deviceDeadline(DEADLINE);
    }

    private static DeviceStatistics device(Vm vm, String name) {
        return vm.statistics().devices().stream()
                .filter(d -> d.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldAnswerEioAndNameTheDeviceThatThrows() {
        VmOutcome outcome = vms.run(guest(Step.call(CALL), Step.call(Hypercall.NULL))
                .device("bad0", new PlainDevice(serving(call -> {
                    throw new IllegalStateException("no such thing");
                }))));
        assertThat(outcome).isEqualTo(new VmOutcome.Shutdown(0, false));
        assertThat(seen).containsExactly((long) -PvError.EIO, 0L);
        assertThat(log.lines()).hasSize(1);
        assertThat(log.lines().get(0))
                .startsWith(
                        "vm: device bad0 failed hypercall 0x8000: java.lang.IllegalStateException: no such thing at ")
                .doesNotContain("\n");
    }

    @Test
    void shouldTreatAnErrorLikeAnException() {
        vms.run(guest(Step.call(CALL)).device("bad0", new PlainDevice(serving(call -> {
            throw new StackOverflowError();
        }))));
        assertThat(seen).containsExactly((long) -PvError.EIO);
    }

    @Test
    void shouldPassTheErrorThatTheDeviceGivesWithoutAWord() {
        vms.run(guest(Step.call(CALL))
                .device(
                        "picky0",
                        new PlainDevice(serving(
                                call -> Future.failedFuture(new DeviceError(PvError.ENOSPC, "the disk is full"))))));
        assertThat(seen).containsExactly((long) -PvError.ENOSPC);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void shouldAnswerEfaultWhenTheDeviceMeetsABadAddress() {
        vms.run(guest(Step.call(CALL, -8))
                .device(
                        "dma0",
                        new PlainDevice(site -> serving(call ->
                                        Future.succeededFuture(site.memory().getLong(call.a0())))
                                .accept(site))));
        assertThat(seen).containsExactly((long) -PvError.EFAULT);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void shouldAnswerEioForAHandlerThatReturnsNoFuture() {
        vms.run(guest(Step.call(CALL)).device("null0", new PlainDevice(serving(call -> noFuture()))));
        assertThat(seen).containsExactly((long) -PvError.EIO);
        assertThat(log.lines()).singleElement().asString().contains("device null0", "null instead of a future");
    }

    @SuppressWarnings("NullAway")
    private static Future<Long> noFuture() {
        return null;
    }

    @Test
    void shouldGiveUpADeviceThatNeverAnswersAndFailTheNextRequestAtOnce() {
        Vm vm = vms.start(guest(Step.call(CALL), Step.call(CALL), Step.call(Hypercall.NULL))
                .deviceDeadline(Duration.ofSeconds(1))
                .device(
                        "deaf0",
                        new PlainDevice(serving(call -> Promise.<Long>promise().future()))));
        get(vm.ended());
        assertThat(seen).containsExactly((long) -PvError.ETIMEDOUT, (long) -PvError.ETIMEDOUT, 0L);
        assertThat(device(vm, "deaf0").failures()).isEqualTo(2);
        // The second was not even given to it: it would have been a second line.
        assertThat(log.lines()).containsExactly("vm: device deaf0: hypercall 0x8000 was not answered within 1000 ms");
    }

    @Test
    void shouldSayWhereADeviceBlocks() {
        CountDownLatch release = new CountDownLatch(1);
        vms.run(guest(Step.call(CALL)).device("stuck0", new PlainDevice(serving(call -> {
            awaitQuietly(release);
            return Future.succeededFuture(1L);
        }))));
        release.countDown();
        assertThat(seen).containsExactly((long) -PvError.ETIMEDOUT);
        assertThat(log.lines().get(0)).contains("device stuck0", "its thread is still in hypercall 0x8000, at ");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldServeOtherDevicesAndMachinesWhileOneDeviceBlocks() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        Vm first = vms.start(vms.config("first", Script.of(Step.call(CALL), SHUTDOWN))
                .deviceDeadline(Duration.ofSeconds(30))
                .device("stuck0", new PlainDevice(serving(call -> {
                    blocked.countDown();
                    awaitQuietly(release);
                    return Future.succeededFuture(0L);
                })))
                .device(
                        "good0",
                        new PlainDevice(site ->
                                site.claimHypercalls(CALL + 8, 1, Delivery.CALL, call -> Future.succeededFuture(5L)))));
        await("the device blocks", () -> blocked.getCount() == 0);
        VmOutcome other = vms.run(vms.config("other", recorded(Step.call(CALL + 8), Step.call(CALL + 8)))
                .device(
                        "good0",
                        new PlainDevice(site ->
                                site.claimHypercalls(CALL + 8, 1, Delivery.CALL, call -> Future.succeededFuture(6L)))));
        assertThat(other).isEqualTo(new VmOutcome.Shutdown(0, false));
        assertThat(seen).containsExactly(6L, 6L);
        assertThat(first.state()).isEqualTo(VmState.RUNNING);
        release.countDown();
        assertThat(get(first.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
    }

    @Test
    void shouldCountADeviceThatAnswersTwiceAndKeepTheFirstAnswer() {
        Vm vm = vms.start(guest(Step.call(CALL), Step.call(CALL + 1))
                .deviceDeadline(Duration.ofSeconds(10))
                .device("twice0", new PlainDevice(serving(call -> {
                    Promise<Long> promise = Promise.promise();
                    promise.complete(3L);
                    if (call.number() == CALL) {
                        promise.complete(4L);
                    }
                    return promise.future();
                }))));
        get(vm.ended());
        // Vert.x refuses the second answer where it is given, inside the handler: that request fails, the next does
        // not.
        assertThat(seen).containsExactly((long) -PvError.EIO, 3L);
        assertThat(device(vm, "twice0").failures()).isEqualTo(1);
        assertThat(log.lines()).singleElement().asString().contains("device twice0", "already");
    }

    @Test
    void shouldNameADeviceThatAnswersAgainLater() {
        Vm vm = vms.start(guest(Step.call(CALL))
                .deviceDeadline(Duration.ofSeconds(10))
                .device(
                        "twice0",
                        new PlainDevice(site -> serving(call -> {
                                    Promise<Long> promise = Promise.promise();
                                    promise.complete(3L);
                                    site.vertx().runOnContext(again -> promise.complete(4L));
                                    return promise.future();
                                })
                                .accept(site))));
        get(vm.ended());
        await("the second answer is told of", () -> device(vm, "twice0").failures() == 1);
        assertThat(seen).containsExactly(3L);
        assertThat(log.lines()).singleElement().asString().contains("device twice0 threw outside a request");
    }

    @Test
    void shouldIgnoreAnAnswerThatComesAfterTheDeadline() {
        Promise<Long> late = Promise.promise();
        Vm vm = vms.start(
                guest(Step.call(CALL), Step.spin()).device("late0", new PlainDevice(serving(call -> late.future()))));
        await("it is given up", () -> !log.lines().isEmpty());
        late.complete(9L);
        await("it is told of", () -> log.lines().size() == 2);
        assertThat(log.lines().get(1)).contains("device late0 answered hypercall 0x8000 too late, after ");
        get(vm.stop());
        assertThat(device(vm, "late0").failures()).isEqualTo(1);
    }

    @Test
    void shouldGiveAllOnesWhenAReadFailsAndDropAWriteThatFails() {
        VmOutcome outcome = vms.run(guest(Step.in(0x500, 2), Step.load(0x4000_0000L, 8), Step.out(0x500, 1, 7))
                .device("bad0", new PlainDevice(site -> {
                    site.claimPorts(0x500, 4, Delivery.CALL, access -> {
                        throw new IllegalArgumentException("bad port");
                    });
                    site.claimMmio(
                            0x4000_0000L, 16, Delivery.CALL, access -> Future.failedFuture(new DeviceError(5, "bad")));
                })));
        assertThat(outcome).isEqualTo(new VmOutcome.Shutdown(0, false));
        assertThat(seen).containsExactly(0xffffL, -1L, 0L);
        assertThat(log.lines().get(0)).contains("device bad0 failed read of 2 bytes at port 0x500");
        assertThat(log.lines().get(1)).contains("device bad0 failed write of 1 bytes at port 0x500");
    }

    @Test
    void shouldSurviveAnInlineHandlerThatThrows() {
        vms.run(guest(Step.call(CALL))
                .device(
                        "bad0",
                        new PlainDevice(
                                site -> site.claimHypercalls(CALL, 1, (vcpu, number, a0, a1, a2, a3, a4, a5) -> {
                                    throw new IllegalStateException("inline");
                                }))));
        assertThat(seen).containsExactly((long) -PvError.EIO);
        assertThat(log.lines()).singleElement().asString().contains("device bad0", "inline");
    }

    @Test
    void shouldNotFloodTheLog() {
        Step[] steps = new Step[500];
        java.util.Arrays.fill(steps, Step.call(CALL));
        Vm vm = vms.start(guest(steps).device("bad0", new PlainDevice(serving(call -> {
            throw new IllegalStateException("again");
        }))));
        get(vm.ended());
        assertThat(device(vm, "bad0").failures()).isEqualTo(500);
        assertThat(log.lines()).hasSizeBetween(20, 100);
    }

    @Test
    void shouldEndAsFailedWhenADeviceDoesNotStart() {
        Vm vm = vms.create(guest(Step.spin())
                .device(
                        "dead0",
                        new PlainDevice(site -> {})
                                .onStart(() -> Future.failedFuture(new IllegalStateException("no such file")))));
        assertThatThrownBy(() -> get(vm.start())).hasMessage("device dead0 did not start: no such file");
        assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Failed("device dead0 did not start: no such file"));
        assertThat(vm.state()).isEqualTo(VmState.FAILED);
    }

    @Test
    void shouldEndAsFailedWhenADeviceHangsInItsStartAndStopItIfItComesBack() {
        Promise<Void> started = Promise.promise();
        CountDownLatch stopped = new CountDownLatch(1);
        Vm vm = vms.create(guest(Step.spin())
                .device(
                        "slow0",
                        new PlainDevice(site -> {}).onStart(started::future).onStop(() -> {
                            stopped.countDown();
                            return Future.succeededFuture();
                        })));
        assertThatThrownBy(() -> get(vm.start())).hasMessageContaining("device slow0 did not start");
        assertThat(get(vm.ended())).isInstanceOf(VmOutcome.Failed.class);
        started.complete();
        await("it is stopped after all", () -> stopped.getCount() == 0);
    }

    @Test
    void shouldStopWhileDevicesStart() {
        Promise<Void> started = Promise.promise();
        Vm vm = vms.create(guest(Step.spin())
                .deviceDeadline(Duration.ofSeconds(30))
                .device("slow0", new PlainDevice(site -> {}).onStart(started::future)));
        Future<Void> start = vm.start();
        Future<VmOutcome> stop = vm.stop();
        started.complete();
        assertThatThrownBy(() -> get(start)).hasMessageContaining("cannot start");
        assertThat(get(stop)).isEqualTo(new VmOutcome.Stopped());
    }

    @Test
    void shouldGoOnWithoutADeviceThatDoesNotStop() {
        Vm vm = vms.start(guest(SHUTDOWN)
                .device(
                        "hang0",
                        new PlainDevice(site -> {})
                                .onStop(() -> Promise.<Void>promise().future())));
        assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
        assertThat(log.lines()).singleElement().asString().contains("device hang0 did not stop within 1000 ms");
    }

    @Test
    void shouldInterruptADeviceThatBlocksWhenTheMachineEnds() {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Vm vm = vms.start(guest(Step.call(CALL))
                .deviceDeadline(Duration.ofSeconds(30))
                .device("stuck0", new PlainDevice(serving(call -> {
                    blocked.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        return Future.failedFuture(e);
                    }
                    return Future.succeededFuture(0L);
                }))));
        await("the device blocks", () -> blocked.getCount() == 0);
        assertThat(get(vm.stop())).isEqualTo(new VmOutcome.Stopped());
        assertThat(log.lines().get(0)).contains("device stuck0 did not stop", "its thread is interrupted");
    }
}
