package io.paravert.vmm;

import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.PagingStatistics;
import io.paravert.vmm.engine.TranslationStatistics;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** What translating has done for all vCPUs together, where the engine translates. */
    public Optional<TranslationStatistics> translation() {
        return vcpus.stream().flatMap(vcpu -> vcpu.translation().stream()).reduce(TranslationStatistics::plus);
    }

    /** What paging has cost all vCPUs together, where the engine can tell. */
    public Optional<PagingStatistics> paging() {
        return vcpus.stream().flatMap(vcpu -> vcpu.paging().stream()).reduce(PagingStatistics::plus);
    }

    /**
     * One vCPU.
     *
     * @param paging what it has cost, where the engine can tell
     * @param translation what it has done, where the engine does that
     */
    public record VcpuStatistics(
            int vcpu,
            Map<ExitReason, Long> exits,
            long unclaimed,
            Optional<PagingStatistics> paging,
            Optional<TranslationStatistics> translation) {
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
     * @param counts what the device itself has counted, in its order
     */
    public record DeviceStatistics(
            String name, long inline, long calls, long posts, long failures, long throttled, Map<String, Long> counts) {
        public DeviceStatistics {
            counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
        }
    }

    /** One hypercall number that the monitor or a device serves. */
    public record HypercallStatistics(int number, String name, long count) {}
}
