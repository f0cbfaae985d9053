package io.paravert.vmm;

import io.paravert.abi.Hypercall;
import io.paravert.vmm.VmStatistics.DeviceStatistics;
import io.paravert.vmm.VmStatistics.HypercallStatistics;
import io.paravert.vmm.VmStatistics.VcpuStatistics;
import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.exit.Claim;
import io.paravert.vmm.exit.ClaimOwner;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads the counters of a machine into a {@link VmStatistics}. Any thread. */
final class StatisticsView {
    private StatisticsView() {}

    static VmStatistics of(Machine machine, String engine, String transport) {
        Map<ExitReason, Long> exits = new EnumMap<>(ExitReason.class);
        List<VcpuStatistics> vcpus = new ArrayList<>();
        long unclaimed = 0;
        for (Vcpu vcpu : machine.vcpus()) {
            VcpuStatistics one = new VcpuStatistics(
                    vcpu.id(),
                    vcpu.exits().counters().byReason(),
                    vcpu.exits().counters().unclaimed(),
                    vcpu.paging(),
                    vcpu.translation());
            vcpus.add(one);
            one.exits().forEach((reason, count) -> exits.merge(reason, count, Long::sum));
            unclaimed += one.unclaimed();
        }
        List<Claim> claims = machine.claims().current().all();
        List<DeviceStatistics> devices = new ArrayList<>();
        for (HostedDevice device : machine.devices().all()) {
            devices.add(device(device, claims));
        }
        return new VmStatistics(
                engine,
                transport,
                machine.services().clock().now(),
                exits,
                unclaimed,
                vcpus,
                devices,
                hypercalls(machine));
    }

    private static DeviceStatistics device(HostedDevice device, List<Claim> claims) {
        ClaimOwner owner = device.owner();
        long inline = claims.stream()
                .filter(claim -> claim.owner() == owner && claim.isInline())
                .mapToLong(claim -> claim.served().sum())
                .sum();
        return new DeviceStatistics(
                device.name(),
                inline,
                owner.calls().sum(),
                owner.posts().sum(),
                owner.failures().sum(),
                owner.throttled().sum(),
                device.counts());
    }

    private static List<HypercallStatistics> hypercalls(Machine machine) {
        List<HypercallStatistics> called = new ArrayList<>();
        for (Claim claim : machine.claims().current().hypercalls().all()) {
            long count = claim.served().sum();
            if (count != 0) {
                int number = (int) claim.first();
                called.add(new HypercallStatistics(number, Hypercall.nameOf(number), count));
            }
        }
        return called;
    }
}
