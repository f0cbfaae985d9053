package io.paravert.vmm;

import io.paravert.vmm.engine.ExitReason;
import java.util.List;
import java.util.Map;

/**
 * Counters of a virtual machine at one moment. Counters of running vCPUs are read without stopping them, so that sums may be
 * off by what is under way.
 *
 * @param runNanos ns since the start, without the time paused; as long as the VM ran, once it has ended
 * @param exits by reason, over all vCPUs; reasons that did not occur are absent
 * @param unclaimed accesses that nobody claimed
 * @param vcpus in the order of their numbers
 * @param devices in the order of their numbers
 * @param hypercalls by number, those that were called
 */
public record VmStatistics(
        String engine,
        String transport,
        long runNanos,
        Map<ExitReason, Long> exits,
        long unclaimed,
        List<VcpuStatistics> vcpus,
        List<DeviceStatistics> devices,
        List<HypercallStatistics> hypercalls) {

    public VmStatistics {
        exits = Map.copyOf(exits);
        vcpus = List.copyOf(vcpus);
        devices = List.copyOf(devices);
        hypercalls = List.copyOf(hypercalls);
    }

    public long totalExits() {
        return exits.values().stream().mapToLong(Long::longValue).sum();
    }

    /** One vCPU. */
    public record VcpuStatistics(int vcpu, Map<ExitReason, Long> exits, long unclaimed) {
        public VcpuStatistics {
            exits = Map.copyOf(exits);
        }
    }

    /**
     * One device.
     *
     * @param inline requests served on vCPU threads
     * @param calls requests that a vCPU waited for
     * @param posts requests that no vCPU waited for
     * @param failures requests that the device failed, answered twice or did not answer in time
     * @param throttled times that a vCPU had to wait because the device was behind
     */
    public record DeviceStatistics(String name, long inline, long calls, long posts, long failures, long throttled) {}

    /** One hypercall number that the monitor or a device serves. */
    public record HypercallStatistics(int number, String name, long count) {}
}
