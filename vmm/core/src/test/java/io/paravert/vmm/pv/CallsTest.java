package io.paravert.vmm.pv;

import static io.paravert.vmm.script.VmFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.CallSlotLayout;
import io.paravert.abi.Control;
import io.paravert.abi.EventAreaLayout;
import io.paravert.abi.EventKind;
import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.abi.MulticallFlag;
import io.paravert.abi.PvError;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.device.Device;
import io.paravert.device.DeviceError;
import io.paravert.device.DeviceSite;
import io.paravert.device.RingService;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.memory.GuestMemory;
import io.paravert.vmm.script.Recording;
import io.paravert.vmm.script.Script;
import io.paravert.vmm.script.Step;
import io.paravert.vmm.script.VmFixture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls of the ABI as a guest makes them. */
class CallsTest {
    private static final long RAM = 2 << 20;
    private static final long AREA = 0x12_0000;
    private static final long BATCH = 0x13_0000;
    private static final long RING = 0x14_0000;
    private static final long NO_DEADLINE = -1;

    @RegisterExtension
    final VmFixture vms = new VmFixture();

    private List<Long> results(Step... steps) {
        return results(memory -> {}, steps);
    }

    private List<Long> results(Consumer<GuestMemory> prepare, Step... steps) {
        Recording recording = Recording.of(steps);
        Vm vm = vms.create(vms.config("vm", recording));
        prepare.accept(vm.memory());
        get(vm.start());
        assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
        return recording.seen();
    }

    private static long error(int number) {
        return -number;
    }

    @Test
    void shouldAnswerEnosysToNumbersThatNobodyServes() {
        assertThat(results(
                        Step.call(0x7fff),
                        Step.call(-1),
                        Step.call(1L << 32 | Hypercall.NULL),
                        Step.call(Long.MIN_VALUE),
                        Step.call(Hypercall.NULL),
                        Step.call(Hypercall.VERSION)))
                .containsExactly(
                        error(PvError.ENOSYS),
                        error(PvError.ENOSYS),
                        error(PvError.ENOSYS),
                        error(PvError.ENOSYS),
                        0L,
                        (long) AbiVersion.VALUE);
    }

    // --- multicall

    private static void entry(GuestMemory memory, int index, long number) {
        memory.putLong(BATCH + (long) index * CallSlotLayout.SIZE + CallSlotLayout.NUMBER_OFFSET, number);
    }

    private static long result(GuestMemory memory, int index) {
        return memory.getLong(BATCH + (long) index * CallSlotLayout.SIZE + CallSlotLayout.RESULT_OFFSET);
    }

    @Test
    void shouldMakeABatchOfCallsAndWriteEachResult() {
        Recording recording = Recording.of(
                Step.call(Hypercall.MULTICALL, BATCH, 4, 0),
                Step.call(Hypercall.MULTICALL, BATCH, 4, MulticallFlag.STOP_ON_ERROR));
        Vm vm = vms.create(vms.config("vm", recording));
        entry(vm.memory(), 0, Hypercall.VERSION);
        entry(vm.memory(), 1, 0x7fff);
        entry(vm.memory(), 2, Hypercall.MULTICALL);
        entry(vm.memory(), 3, Hypercall.VCPU_POLL);
        get(vm.start());
        get(vm.ended());
        assertThat(recording.seen()).containsExactly(4L, 2L);
        assertThat(result(vm.memory(), 0)).isEqualTo(AbiVersion.VALUE);
        assertThat(result(vm.memory(), 1)).isEqualTo(-PvError.ENOSYS);
        assertThat(result(vm.memory(), 2)).as("no batch in a batch").isEqualTo(-PvError.EINVAL);
        assertThat(result(vm.memory(), 3)).as("nothing that waits").isEqualTo(-PvError.EINVAL);
    }

    @Test
    void shouldRefuseBatchesOutOfBounds() {
        assertThat(results(
                        Step.call(Hypercall.MULTICALL, BATCH, 0, 0),
                        Step.call(Hypercall.MULTICALL, BATCH, Limit.MULTICALL_ENTRIES + 1, 0),
                        Step.call(Hypercall.MULTICALL, BATCH + 4, 1, 0),
                        Step.call(Hypercall.MULTICALL, BATCH, 1, 2),
                        Step.call(Hypercall.MULTICALL, RAM - CallSlotLayout.SIZE, 2, 0),
                        Step.call(Hypercall.MULTICALL, -8, 1, 0)))
                .containsExactly(
                        error(PvError.EINVAL),
                        error(PvError.EINVAL),
                        error(PvError.EINVAL),
                        error(PvError.EINVAL),
                        error(PvError.EFAULT),
                        error(PvError.EFAULT));
    }

    // --- events

    @Test
    void shouldCarryAnEventFromSendToPoll() {
        assertThat(results(
                        Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 0, 0),
                        Step.call(Hypercall.EVENT_PAGE_SETUP, AREA),
                        Step.call(Hypercall.EVENT_PAGE_SETUP, AREA),
                        Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 0, 0),
                        Step.call(Hypercall.EVENT_SEND, 1),
                        Step.call(Hypercall.VCPU_POLL, 0, NO_DEADLINE),
                        Step.call(Hypercall.EVENT_UNBIND, 1),
                        Step.call(Hypercall.EVENT_UNBIND, 1),
                        Step.call(Hypercall.EVENT_SEND, 1)))
                .containsExactly(
                        error(PvError.EINVAL),
                        0L,
                        error(PvError.EBUSY),
                        1L,
                        0L,
                        1L,
                        0L,
                        error(PvError.ENOENT),
                        error(PvError.ENOENT));
    }

    @Test
    void shouldRaiseTheVectorOnceAChannelIsUnmaskedAndOnceOnly() {
        Vm vm = vms.create(vms.config(
                "vm",
                Recording.of(
                        Step.call(Hypercall.EVENT_PAGE_SETUP, AREA),
                        Step.call(Hypercall.EVENT_SET_VECTOR, 0, 0x40),
                        Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 0, 0),
                        Step.call(Hypercall.EVENT_SEND, 1),
                        Step.call(Hypercall.NULL),
                        Step.call(Hypercall.EVENT_UNMASK, 1),
                        Step.call(Hypercall.NULL),
                        Step.call(Hypercall.EVENT_SEND, 1),
                        Step.call(Hypercall.NULL))));
        get(vm.start());
        get(vm.ended());
        // Bound channels are masked at first; the second send found the bit still set.
        assertThat(vms.engine().machine("vm").vcpu(0).injected()).containsExactly(0x40);
        assertThat(vm.memory().getLong(AREA + EventAreaLayout.PENDING_OFFSET)).isEqualTo(2);
    }

    @Test
    void shouldHoldAVectorBackUntilTheGuestTakesInterrupts() {
        Vm vm = vms.create(vms.config(
                "vm",
                Recording.of(
                        Step.call(Hypercall.EVENT_PAGE_SETUP, AREA),
                        Step.call(Hypercall.EVENT_SET_VECTOR, 0, 0x40),
                        Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 0, 0),
                        Step.call(Hypercall.EVENT_UNMASK, 1),
                        (vcpu, exit, data) -> {
                            vcpu.setInterruptsEnabled(false);
                            return Step.call(Hypercall.EVENT_SEND, 1).leave(vcpu, exit, data);
                        },
                        (vcpu, exit, data) -> {
                            assertThat(vcpu.injected()).isEmpty();
                            assertThat(vcpu.isWindowRequested()).isTrue();
                            vcpu.setInterruptsEnabled(true);
                            return Step.call(Hypercall.NULL).leave(vcpu, exit, data);
                        },
                        Step.call(Hypercall.NULL))));
        get(vm.start());
        assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
        assertThat(vms.engine().machine("vm").vcpu(0).injected()).containsExactly(0x40);
        assertThat(vms.engine().machine("vm").vcpu(0).isWindowRequested()).isFalse();
    }

    @Test
    void shouldRefuseWhatCannotBeBound() {
        assertThat(results(
                        Step.call(Hypercall.EVENT_PAGE_SETUP, AREA + 8),
                        Step.call(Hypercall.EVENT_PAGE_SETUP, RAM),
                        Step.call(Hypercall.EVENT_PAGE_SETUP, AREA),
                        Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 1, 0),
                        Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 0, 1),
                        Step.call(Hypercall.EVENT_BIND, 99, 0, 0),
                        Step.call(Hypercall.EVENT_BIND, -1, 0, 0),
                        Step.call(Hypercall.EVENT_BIND, EventKind.DEVICE, 77, 0),
                        Step.call(Hypercall.EVENT_BIND, EventKind.DEVICE, 64L << 32, 0),
                        Step.call(Hypercall.EVENT_BIND, EventKind.RING, 0, 0),
                        Step.call(Hypercall.EVENT_BIND, EventKind.PEER, 0, 0),
                        Step.call(Hypercall.EVENT_SET_VECTOR, 0, 31),
                        Step.call(Hypercall.EVENT_SET_VECTOR, 0, 256),
                        Step.call(Hypercall.EVENT_SET_VECTOR, 64, 32),
                        Step.call(Hypercall.EVENT_MASK, 0),
                        Step.call(Hypercall.EVENT_UNMASK, Limit.EVENT_CHANNELS),
                        Step.call(Hypercall.EVENT_SEND, -1)))
                .containsExactly(
                        error(PvError.EINVAL),
                        error(PvError.EFAULT),
                        0L,
                        error(PvError.EINVAL),
                        error(PvError.ENOENT),
                        error(PvError.EINVAL),
                        error(PvError.EINVAL),
                        error(PvError.ENODEV),
                        error(PvError.EINVAL),
                        error(PvError.ENOENT),
                        error(PvError.EINVAL),
                        error(PvError.EINVAL),
                        error(PvError.EINVAL),
                        error(PvError.ENOENT),
                        error(PvError.ENOENT),
                        error(PvError.ENOENT),
                        error(PvError.ENOENT));
    }

    @Test
    void shouldRunOutOfChannelsAndReuseAFreedOne() {
        List<Step> steps = new ArrayList<>(List.of(Step.call(Hypercall.EVENT_PAGE_SETUP, AREA)));
        for (int i = 0; i < Limit.EVENT_CHANNELS; i++) {
            steps.add(Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 0, 0));
        }
        steps.add(Step.call(Hypercall.EVENT_UNBIND, 500));
        steps.add(Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 0, 0));
        List<Long> seen = results(steps.toArray(Step[]::new));
        assertThat(seen.get(Limit.EVENT_CHANNELS - 1)).isEqualTo(Limit.EVENT_CHANNELS - 1);
        assertThat(seen.get(Limit.EVENT_CHANNELS)).isEqualTo(-PvError.ENOSPC);
        assertThat(seen.get(Limit.EVENT_CHANNELS + 2)).isEqualTo(500);
    }

    @Test
    void shouldTellTheGuestToShutDownOnlyIfItListens() {
        Vm deaf = vms.start(vms.config("deaf", Script.forever(Step.spin())));
        assertThat(deaf.requestShutdown()).isFalse();
        Recording recording = Recording.of(
                Step.call(Hypercall.EVENT_PAGE_SETUP, AREA),
                Step.call(Hypercall.EVENT_BIND, EventKind.CONTROL, Control.SHUTDOWN, 0),
                Step.call(Hypercall.VCPU_POLL, 0, NO_DEADLINE));
        Vm vm = vms.start(vms.config("vm", recording));
        VmFixture.await("it is asked to shut down", vm::requestShutdown);
        assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
        assertThat(recording.seen()).endsWith(1L);
    }

    // --- alarms

    @Test
    void shouldFireAtOnceWhenTheMomentHasPassedAndRefuseOtherChannels() {
        long in5ms = 5_000_000;
        List<Long> seen = results(
                Step.call(Hypercall.EVENT_PAGE_SETUP, AREA),
                Step.call(Hypercall.EVENT_BIND, EventKind.ALARM, 0, 0),
                Step.call(Hypercall.CLOCK_ALARM, 1, 0),
                Step.call(Hypercall.VCPU_POLL, 0, NO_DEADLINE),
                Step.call(Hypercall.CLOCK_ALARM, 9, in5ms),
                Step.call(Hypercall.CLOCK_ALARM, 1, NO_DEADLINE),
                Step.call(Hypercall.EVENT_BIND, EventKind.IPI, 0, 0),
                Step.call(Hypercall.CLOCK_ALARM, 2, in5ms));
        assertThat(seen).containsExactly(0L, 1L, 0L, 1L, error(PvError.EINVAL), 0L, 2L, error(PvError.EINVAL));
    }

    @Test
    void shouldWakeAPollAtTheAlarmOfALaterMoment() {
        Recording recording = Recording.of(
                Step.call(Hypercall.EVENT_PAGE_SETUP, AREA),
                Step.call(Hypercall.EVENT_BIND, EventKind.ALARM, 0, 0),
                Step.call(Hypercall.CLOCK_ALARM, 1, 20_000_000),
                Step.call(Hypercall.VCPU_POLL, 0, NO_DEADLINE),
                Step.call(Hypercall.CLOCK_READ));
        Vm vm = vms.start(vms.config("vm", recording));
        get(vm.ended());
        assertThat(recording.seen().get(3)).isEqualTo(1);
        assertThat(recording.seen().get(4)).isGreaterThanOrEqualTo(20_000_000);
    }

    @Test
    void shouldEndAPollAtItsDeadlineAndByAKick() {
        assertThat(results(Step.call(Hypercall.EVENT_PAGE_SETUP, AREA), Step.call(Hypercall.VCPU_POLL, 0, 1_000_000)))
                .containsExactly(0L, error(PvError.ETIMEDOUT));
        Recording recording = Recording.of(Step.call(Hypercall.VCPU_POLL, 0, NO_DEADLINE));
        Vm vm = vms.start(vms.config("kicked", recording));
        while (!vm.ended().isComplete()) {
            vm.kick();
            Thread.yield();
        }
        assertThat(recording.seen()).containsExactly(error(PvError.EINTR));
    }

    // --- shares

    private static final long WINDOW = 0x4000_0000L;

    @Test
    void shouldRefuseToLendToAPeerThatIsNotThere() {
        Recording granting = Recording.of(Step.call(Hypercall.SHARE_GRANT, 0x15_0000, 1, 99, 0));
        vms.run(vms.config("vm", granting).directory(new GuestDirectory()));
        assertThat(granting.seen()).containsExactly(error(PvError.ENOENT));
    }

    @Test
    void shouldMapWhatAPeerLends() {
        GuestDirectory directory = new GuestDirectory();
        Promise<Long> granted = Promise.promise();
        Promise<Void> mapped = Promise.promise();
        AtomicInteger readerNumber = new AtomicInteger();
        List<Long> ownerSaw = new ArrayList<>();
        int[] at = {0};
        Script owning = previous -> {
            if (at[0] > 0) {
                ownerSaw.add(previous);
            }
            return switch (at[0]++) {
                case 0 -> Step.call(Hypercall.SHARE_GRANT, 0x15_0000, 1, readerNumber.get(), 0);
                case 1 -> {
                    granted.complete(previous);
                    get(mapped.future());
                    yield Step.call(Hypercall.SHARE_REVOKE, previous);
                }
                default -> Step.call(Hypercall.SHUTDOWN, 0, 0);
            };
        };
        Vm owner = vms.create(vms.config("owner", owning).directory(directory));
        owner.memory().putLong(0x15_0000, 0x1234);
        long number = owner.guestNumber();
        List<Long> readerSaw = new ArrayList<>();
        int[] step = {0};
        Script reading = previous -> {
            if (step[0] > 0) {
                readerSaw.add(previous);
            }
            long grant = granted.future().isComplete() ? granted.future().result() : 0;
            return switch (step[0]++) {
                case 0 -> Step.call(Hypercall.SHARE_MAP, number, get(granted.future()), WINDOW, 1);
                case 1 -> Step.call(Hypercall.SHARE_MAP, number, grant, 0x10_0000, 0);
                case 2 -> Step.call(Hypercall.SHARE_MAP, number, grant, WINDOW + 8, 0);
                case 3 -> Step.call(Hypercall.SHARE_MAP, number, grant + 1, WINDOW, 0);
                case 4 -> Step.call(Hypercall.SHARE_MAP, number + 50, grant, WINDOW, 0);
                case 5 -> Step.call(Hypercall.SHARE_MAP, number, grant, WINDOW, 0);
                case 6 -> Step.call(Hypercall.SHARE_MAP, number, grant, WINDOW, 0);
                case 7 -> {
                    mapped.complete();
                    yield Step.spin();
                }
                default -> Step.call(Hypercall.SHUTDOWN, 0, 0);
            };
        };
        Vm reader = vms.create(vms.config("reader", reading).directory(directory));
        readerNumber.set(reader.guestNumber());
        get(reader.start());
        get(owner.start());
        assertThat(get(owner.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
        assertThat(ownerSaw.get(1)).as("revoked while mapped").isEqualTo(-PvError.EBUSY);
        owner.close();
        // The owner is gone; what it lent stays until the borrower ends.
        assertThat(reader.memory().getLong(WINDOW)).isEqualTo(0x1234);
        assertThat(vms.engine().machine("reader").mapped()).containsEntry(WINDOW, 4096L);
        assertThat(readerSaw)
                .containsExactly(
                        error(PvError.EPERM),
                        error(PvError.EBUSY),
                        error(PvError.EINVAL),
                        error(PvError.ENOENT),
                        error(PvError.ENOENT),
                        1L,
                        error(PvError.EBUSY));
    }

    @Test
    void shouldRefuseGrantsOfWhatIsNotRam() {
        assertThat(results(
                        Step.call(Hypercall.SHARE_GRANT, 8, 1, 0, 0),
                        Step.call(Hypercall.SHARE_GRANT, 0, 0, 0, 0),
                        Step.call(Hypercall.SHARE_GRANT, 0x10_0000, 1 << 20, 0, 0),
                        Step.call(Hypercall.SHARE_GRANT, 0x10_0000, Long.MAX_VALUE, 0, 0),
                        Step.call(Hypercall.SHARE_GRANT, RAM, 1, 0, 0),
                        Step.call(Hypercall.SHARE_GRANT, 0x10_0000, 1, 0, 2),
                        Step.call(Hypercall.SHARE_REVOKE, 1),
                        Step.call(Hypercall.SHARE_UNMAP, WINDOW)))
                .containsExactly(
                        error(PvError.EINVAL),
                        error(PvError.EINVAL),
                        error(PvError.EFAULT),
                        error(PvError.EFAULT),
                        error(PvError.EFAULT),
                        error(PvError.EINVAL),
                        error(PvError.ENOENT),
                        error(PvError.ENOENT));
    }

    // --- rings

    private record RingDevice(RingService service) implements Device {
        @Override
        public void attach(DeviceSite site) {
            site.serveRings(service);
        }
    }

    private static final class CountedRing implements RingService.Ring {
        final AtomicInteger closed = new AtomicInteger();

        @Override
        public void doorbell() {
            // Nothing is in it.
        }

        @Override
        public Future<Void> close() {
            closed.incrementAndGet();
            return Future.succeededFuture();
        }
    }

    private static void ringOf(GuestMemory memory, long gpa, long bytes) {
        memory.putLong(gpa + RingHeaderLayout.BYTES_OFFSET, bytes);
    }

    @Test
    void shouldSetUpAndTearDownARingAndRefuseWhatIsNone() {
        CountedRing ring = new CountedRing();
        Recording recording = Recording.of(
                Step.call(Hypercall.RING_SETUP, 0, RING),
                Step.call(Hypercall.RING_SETUP, 9, RING),
                Step.call(Hypercall.RING_SETUP, -1, RING),
                Step.call(Hypercall.RING_SETUP, 1, RING),
                Step.call(Hypercall.RING_SETUP, 2, RING + 8),
                Step.call(Hypercall.RING_SETUP, 2, RAM),
                Step.call(Hypercall.RING_SETUP, 2, RING + 0x1000),
                Step.call(Hypercall.RING_SETUP, 2, RING + 0x2000),
                Step.call(Hypercall.RING_SETUP, 2, RING + 0x3000),
                Step.call(Hypercall.RING_DOORBELL, 0),
                Step.call(Hypercall.RING_SETUP, 2, RING),
                Step.call(Hypercall.RING_SETUP, 2, RING),
                Step.call(Hypercall.RING_DOORBELL, 0),
                Step.call(Hypercall.RING_TEARDOWN, 1),
                Step.call(Hypercall.RING_TEARDOWN, 0),
                Step.call(Hypercall.RING_TEARDOWN, 0),
                Step.call(Hypercall.RING_DOORBELL, -1),
                Step.call(Hypercall.RING_DOORBELL, Limit.RINGS));
        Vm vm = vms.create(vms.config("vm", recording)
                .device("plain0", site -> {})
                .device("ring0", new RingDevice(request -> Future.succeededFuture(ring))));
        ringOf(vm.memory(), RING, 4096);
        ringOf(vm.memory(), RING + 0x1000, 8);
        ringOf(vm.memory(), RING + 0x2000, RAM);
        ringOf(vm.memory(), RING + 0x3000, Long.MAX_VALUE);
        get(vm.start());
        get(vm.ended());
        assertThat(recording.seen())
                .containsExactly(
                        error(PvError.ENOTTY),
                        error(PvError.ENODEV),
                        error(PvError.ENODEV),
                        error(PvError.ENOTTY),
                        error(PvError.EINVAL),
                        error(PvError.EFAULT),
                        error(PvError.EINVAL),
                        error(PvError.EFAULT),
                        error(PvError.EFAULT),
                        error(PvError.ENOENT),
                        0L,
                        error(PvError.EBUSY),
                        0L,
                        error(PvError.ENOENT),
                        0L,
                        error(PvError.ENOENT),
                        error(PvError.ENOENT),
                        error(PvError.ENOENT));
        assertThat(ring.closed).hasValue(1);
    }

    @Test
    void shouldPassTheDevicesRefusalAndFreeTheNumber() {
        AtomicInteger asked = new AtomicInteger();
        Recording recording =
                Recording.of(Step.call(Hypercall.RING_SETUP, 1, RING), Step.call(Hypercall.RING_SETUP, 1, RING));
        Vm vm = vms.create(vms.config("vm", recording)
                .device(
                        "ring0",
                        new RingDevice(request -> asked.getAndIncrement() == 0
                                ? Future.failedFuture(new DeviceError(PvError.ENOSPC, "no more"))
                                : Future.succeededFuture(new CountedRing()))));
        ringOf(vm.memory(), RING, 4096);
        get(vm.start());
        get(vm.ended());
        assertThat(recording.seen()).containsExactly(error(PvError.ENOSPC), 0L);
    }

    @Test
    void shouldCloseARingThatItsDeviceOpensTooLate() {
        Promise<RingService.Ring> late = Promise.promise();
        CountedRing ring = new CountedRing();
        Recording recording = Recording.of(Step.call(Hypercall.RING_SETUP, 1, RING), Step.spin());
        Vm vm = vms.create(vms.config("vm", recording)
                .deviceDeadline(Duration.ofSeconds(2))
                .device("ring0", new RingDevice(request -> late.future())));
        ringOf(vm.memory(), RING, 4096);
        get(vm.start());
        VmFixture.await("the guest gives up", () -> !recording.seen().isEmpty());
        assertThat(recording.seen()).containsExactly(error(PvError.ETIMEDOUT));
        late.complete(ring);
        VmFixture.await("the ring is closed", () -> ring.closed.get() == 1);
    }
}
