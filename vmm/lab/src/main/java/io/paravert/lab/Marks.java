package io.paravert.lab;

import com.sun.management.OperatingSystemMXBean;
import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.InlineAccessHandler;
import io.paravert.vmm.Vm;
import io.paravert.vmm.engine.ExitReason;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The ports by which the guest says where it is; see iolab.h. Everything happens on vCPU 0's thread, inside the exit. */
final class Marks implements Device, InlineAccessHandler {
    private static final int FIRST = 0x5a00;
    private static final int BEGIN = 0;
    private static final int END = 4;
    private static final int SAMPLES = 8;
    private static final int FAILED = 12;
    private static final int KICKS = 16;
    private static final int PORTS = 20;
    /** Longest latency that is told apart, ns. */
    private static final long LONGEST = 10_000_000_000L;

    private static final OperatingSystemMXBean HOST =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    final AtomicReference<@Nullable Vm> vm = new AtomicReference<>();
    private final long tscKilohertz;
    private final List<IoResult.Round> rounds = new ArrayList<>();
    private final Histogram latencies = new Histogram(LONGEST, 3);
    private volatile Optional<Integer> failure = Optional.empty();
    private Optional<GuestMemoryView> memory = Optional.empty();
    private long samplesAt;
    private long nanos;
    private long cpuNanos;
    private long exits;

    Marks(long tscKilohertz) {
        this.tscKilohertz = tscKilohertz;
    }

    List<IoResult.Round> rounds() {
        return rounds;
    }

    Histogram latencies() {
        return latencies;
    }

    /** The error with which an operation failed, if one did. */
    Optional<Integer> failure() {
        return failure;
    }

    @Override
    public void attach(DeviceSite site) {
        memory = Optional.of(site.memory());
        site.claimPorts(FIRST, PORTS, this);
    }

    @Override
    public long read(int vcpu, long offset, int size) {
        return -1;
    }

    @Override
    public void write(int vcpu, long offset, int size, long value) {
        switch ((int) offset) {
            case BEGIN -> {
                samplesAt = value;
                exits = countExits();
                cpuNanos = HOST.getProcessCpuTime();
                nanos = System.nanoTime();
            }
            case END -> {
                long took = System.nanoTime() - nanos;
                // One of them is the exit that brought us here.
                long left = countExits() - exits - 1;
                rounds.add(new IoResult.Round(value, took, left, HOST.getProcessCpuTime() - cpuNanos, 0));
            }
            case KICKS -> rounds.add(rounds.remove(rounds.size() - 1).withKicks(value));
            case SAMPLES -> memory.ifPresent(guest -> record(guest, value));
            case FAILED -> {
                failure = Optional.of((int) value);
                machine().stop();
            }
            default -> {
                // No such mark.
            }
        }
    }

    private void record(GuestMemoryView guest, long count) {
        for (long i = 0; i < count; i++) {
            long ticks = guest.getInt(samplesAt + i * Integer.BYTES) & 0xffff_ffffL;
            latencies.recordValue(Math.min(LONGEST, ticks * 1_000_000 / tscKilohertz));
        }
    }

    private Vm machine() {
        return Objects.requireNonNull(vm.get(), "the guest runs before the machine is known");
    }

    private long countExits() {
        Map<ExitReason, Long> all = machine().statistics().exits();
        return all.entrySet().stream()
                .filter(e -> e.getKey() != ExitReason.INTERRUPTED)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
