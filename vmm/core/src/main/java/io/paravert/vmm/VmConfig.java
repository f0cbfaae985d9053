package io.paravert.vmm;

import io.paravert.abi.Limit;
import io.paravert.device.Device;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.PagingTechnique;
import io.paravert.vmm.exit.ExitTrace;
import io.paravert.vmm.memory.GuestMemory;
import io.paravert.vmm.pv.GuestDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a virtual machine is made from; checked when it is built.
 *
 * @param name for threads, logs and bus addresses: letters, digits, dots, hyphens, 1 to 40 of them
 * @param memoryBytes RAM: a multiple of 4096, at least 1 MiB
 * @param vcpus 1 to 64
 * @param timeout how long the guest may run, without the time paused; zero for no limit
 * @param transport how the hypercall page calls; empty takes the engine's best
 * @param interruptController who serves interrupts
 * @param paging how guest addresses are translated; ENGINE_CHOICE works everywhere
 * @param trace sees every exit, if present
 * @param latencies whether the time that each exit takes to serve is kept in histograms
 * @param deviceDeadline how long a device may take to answer before its request fails; more than zero
 * @param directory the guests that this one can name and that can name it
 */
public record VmConfig(
        String name,
        long memoryBytes,
        int vcpus,
        Duration timeout,
        GuestLoader loader,
        List<DeviceAttachment> devices,
        ConsoleSink console,
        Optional<HypercallTransport> transport,
        InterruptController interruptController,
        PagingTechnique paging,
        Optional<ExitTrace> trace,
        boolean latencies,
        Duration deviceDeadline,
        GuestDirectory directory) {

    private static final long MIN_MEMORY = 1L << 20;
    private static final Duration DEVICE_DEADLINE = Duration.ofSeconds(5);
    /** Where guests meet whose owner says nothing else. */
    private static final GuestDirectory PROCESS_WIDE = new GuestDirectory();

    public VmConfig {
        devices = List.copyOf(devices);
        require(
                name.matches("[A-Za-z0-9.-]{1,40}"),
                "VM name \"" + name + "\": use 1 to 40 letters, digits, dots, hyphens");
        require(
                memoryBytes >= MIN_MEMORY && memoryBytes % GuestMemory.PAGE == 0,
                "memory of " + memoryBytes + " bytes: give at least 1 MiB and a multiple of " + GuestMemory.PAGE);
        require(vcpus >= 1 && vcpus <= Limit.VCPUS, vcpus + " vCPUs: give 1 to " + Limit.VCPUS);
        require(!timeout.isNegative(), "timeout " + timeout + " is negative");
        require(
                !deviceDeadline.isNegative() && !deviceDeadline.isZero(),
                "device deadline " + deviceDeadline + ": give more than zero");
        long names = devices.stream().map(DeviceAttachment::name).distinct().count();
        require(names == devices.size(), "two devices have the same name: " + deviceNames(devices));
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new VmException(otherwise);
        }
    }

    private static List<String> deviceNames(List<DeviceAttachment> devices) {
        return devices.stream().map(DeviceAttachment::name).toList();
    }

    /** A machine of 64 MiB and one vCPU that runs what {@code loader} loads. */
    public static Builder builder(GuestLoader loader) {
        return new Builder(loader);
    }

    /** Collects the parts of a {@link VmConfig}. One thread. */
    public static final class Builder {
        private final GuestLoader loader;
        private final List<DeviceAttachment> devices = new ArrayList<>();
        private String name = "vm";
        private long memoryBytes = 64L << 20;
        private int vcpus = 1;
        private Duration timeout = Duration.ZERO;
        private ConsoleSink console = ConsoleSink.discard();
        private Optional<HypercallTransport> transport = Optional.empty();
        private InterruptController interruptController = InterruptController.MONITOR;
        private PagingTechnique paging = PagingTechnique.ENGINE_CHOICE;
        private Optional<ExitTrace> trace = Optional.empty();
        private boolean latencies;
        private Duration deviceDeadline = DEVICE_DEADLINE;
        private GuestDirectory directory = PROCESS_WIDE;

        private Builder(GuestLoader loader) {
            this.loader = loader;
        }

        public Builder name(String name) {
            this.name = name;
            return this;
        }

        public Builder memoryBytes(long bytes) {
            this.memoryBytes = bytes;
            return this;
        }

        public Builder vcpus(int count) {
            this.vcpus = count;
            return this;
        }

        public Builder timeout(Duration limit) {
            this.timeout = limit;
            return this;
        }

        public Builder device(String name, Device device) {
            devices.add(new DeviceAttachment(name, device));
            return this;
        }

        public Builder console(ConsoleSink sink) {
            this.console = sink;
            return this;
        }

        public Builder transport(HypercallTransport transport) {
            this.transport = Optional.of(transport);
            return this;
        }

        public Builder interruptController(InterruptController controller) {
            this.interruptController = controller;
            return this;
        }

        public Builder paging(PagingTechnique technique) {
            this.paging = technique;
            return this;
        }

        public Builder trace(ExitTrace trace) {
            this.trace = Optional.of(trace);
            return this;
        }

        public Builder latencies(boolean kept) {
            this.latencies = kept;
            return this;
        }

        public Builder deviceDeadline(Duration deadline) {
            this.deviceDeadline = deadline;
            return this;
        }

        public Builder directory(GuestDirectory directory) {
            this.directory = directory;
            return this;
        }

        /** @throws VmException if a value is out of its range */
        public VmConfig build() {
            return new VmConfig(
                    name,
                    memoryBytes,
                    vcpus,
                    timeout,
                    loader,
                    devices,
                    console,
                    transport,
                    interruptController,
                    paging,
                    trace,
                    latencies,
                    deviceDeadline,
                    directory);
        }
    }
}
