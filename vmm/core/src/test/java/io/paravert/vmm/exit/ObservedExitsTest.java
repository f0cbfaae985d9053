package io.paravert.vmm.exit;

import static io.paravert.vmm.script.VmFixture.await;
import static io.paravert.vmm.script.VmFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.script.Recording;
import io.paravert.vmm.script.Script;
import io.paravert.vmm.script.Step;
import io.paravert.vmm.script.VmFixture;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of exits, and who sees them. */
class ObservedExitsTest {
    @RegisterExtension
    final VmFixture vms = new VmFixture();

    @Test
    void shouldGiveAllOnesForWhatNobodyClaimsAndDropWrites() {
        List<ExitRecord> trace = new CopyOnWriteArrayList<>();
        Recording guest = Recording.of(
                Step.in(0x60, 1),
                Step.in(0x60, 2),
                Step.in(0x60, 4),
                Step.load(0x7000_0000L, 8),
                Step.load(0x7000_0000L, 3),
                Step.out(0x80, 1, 7),
                Step.store(0x7000_0000L, 4, 9),
                Step.inString(0x60, 2, 4));
        Vm vm = vms.create(vms.config("vm", guest).trace(trace::add));
        get(vm.start());
        assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
        assertThat(guest.seen()).containsExactly(0xffL, 0xffffL, 0xffff_ffffL, -1L, 0xff_ffffL, 0L, 0L, 0xffffL);
        assertThat(vm.statistics().unclaimed()).isEqualTo(8);
        assertThat(trace)
                .extracting(ExitRecord::describe)
                .contains(
                        "read  port 0x60 size 1 -> 0xff  (unclaimed)",
                        "write port 0x80 size 1 <- 0x7  (unclaimed)",
                        "write gpa 0x70000000 size 4 <- 0x9  (unclaimed)",
                        "read  port 0x60 size 2 x 4 -> 0xffff  (unclaimed)");
        assertThat(vm.statistics().exits()).containsEntry(ExitReason.PORT_READ, 4L);
    }

    @Test
    void shouldNotClaimAnAccessThatReachesBeyondTheClaim() {
        Device device = site -> site.claimPorts(0x500, 2, Delivery.CALL, access -> Future.succeededFuture(1L));
        Recording guest = Recording.of(Step.in(0x501, 1), Step.in(0x501, 2), Step.in(0x500, 4), Step.in(0x4ff, 2));
        Vm vm = vms.start(vms.config("vm", guest).device("small0", device));
        get(vm.ended());
        assertThat(guest.seen()).containsExactly(1L, 0xffffL, 0xffff_ffffL, 0xffffL);
    }

    @Test
    void shouldMakeAJfrEventOfAnExitWhenSomebodyRecords(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("exits.jfr");
        try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
            recording.enable("io.paravert.VcpuExit");
            recording.start();
            vms.run(vms.config("vm", Recording.of(Step.out(0x80, 2, 0x1234))));
            recording.stop();
            recording.dump(file);
        }
        assertThat(Files.size(file)).isPositive();
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events).anySatisfy(event -> {
            assertThat(event.getString("vm")).isEqualTo("vm");
            assertThat(event.getString("reason")).isEqualTo("PORT_WRITE");
            assertThat(event.getLong("place")).isEqualTo(0x80);
            assertThat(event.getLong("value")).isEqualTo(0x1234);
            assertThat(event.getString("owner")).isEmpty();
        });
    }

    /** A device that takes posts only once it is let. */
    private static final class Gate implements Device {
        final CountDownLatch open = new CountDownLatch(1);
        final List<Long> taken = new ArrayList<>();
        final AtomicLong count = new AtomicLong();

        @Override
        public void attach(DeviceSite site) {
            site.claimPorts(0x500, 4, Delivery.POST, access -> {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    return Future.failedFuture(e);
                }
                taken.add(access.value());
                count.incrementAndGet();
                return Future.succeededFuture(0L);
            });
        }
    }

    @Test
    void shouldSlowAGuestThatPostsFasterThanItsDeviceDrainsAndLoseNothing() {
        int posts = 5_000;
        Gate gate = new Gate();
        AtomicLong posted = new AtomicLong();
        Script guest = previous -> {
            long value = posted.getAndIncrement();
            return value < posts ? Step.out(0x500, 4, value) : Step.call(io.paravert.abi.Hypercall.SHUTDOWN, 0, 0);
        };
        Vm vm = vms.start(vms.config("vm", guest).device("gate0", gate));
        await("the guest is held back", () -> vm.statistics().devices().get(0).throttled() > 0);
        long before = posted.get();
        assertThat(before).isBetween(1_024L, 1_030L);
        get(vm.pause());
        get(vm.resume());
        assertThat(posted.get()).as("a guest that waits for room can be paused").isEqualTo(before);
        gate.open.countDown();
        assertThat(get(vm.ended())).isEqualTo(new VmOutcome.Shutdown(0, false));
        await("all arrive", () -> gate.count.get() == posts);
        for (int i = 0; i < posts; i++) {
            assertThat(gate.taken.get(i)).isEqualTo(i);
        }
        assertThat(vm.statistics().devices().get(0).failures()).isZero();
    }
}
