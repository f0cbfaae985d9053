package io.paravert.lab.paging;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.vmm.Vm;
import io.paravert.vmm.engine.PagingStatistics;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The two ports by which the guest says that a round begins and ends. Everything happens on the vCPU's thread, inside the exit. */
final class RoundMarks implements Device, InlineAccessHandler {
    /** Processor time, the guest's included: what else runs on the host must not count. */
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    final AtomicReference<@Nullable Vm> vm = new AtomicReference<>();
    private final int wanted;
    private final long warmNanos;
    private final Deque<Round> rounds = new ArrayDeque<>();
    private long first;
    private Optional<PagingStatistics> before = Optional.empty();
    private long begun;

    /**
     * @param wanted rounds that are kept, the last ones; then the guest is stopped
     * @param warmNanos no earlier than after so much processor time, so that caches and compilers have seen it
     */
    RoundMarks(int wanted, long warmNanos) {
        this.wanted = wanted;
        this.warmNanos = warmNanos;
    }

    /** In their order; to be read when the machine has ended. */
    List<Round> rounds() {
        return rounds.stream().skip(Math.max(0, rounds.size() - wanted)).toList();
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimPorts(PagingGuest.BEGIN, PagingGuest.END - PagingGuest.BEGIN + 4, this);
    }

    @Override
    public long read(int vcpu, long offset, int size) {
        return -1;
    }

    @Override
    public void write(int vcpu, long offset, int size, long value) {
        Vm machine = Objects.requireNonNull(vm.get(), "the guest runs before the machine is known");
        if (offset == 0) {
            before = machine.statistics().paging();
            begun = CLOCK.getCurrentThreadCpuTime();
            first = first == 0 ? begun : first;
            return;
        }
        long now = CLOCK.getCurrentThreadCpuTime();
        if (rounds.size() > wanted) {
            rounds.removeFirst();
        }
        rounds.add(new Round(
                now - begun, Round.between(before, machine.statistics().paging())));
        // One more than is kept, as the first one finds everything cold.
        if (rounds.size() > wanted && now - first >= warmNanos) {
            machine.stop();
        }
    }
}
