package io.paravert.kvm;

import io.paravert.kvm.uapi.Capability;
import io.paravert.kvm.uapi.VmStructs.CreateDevice;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.engine.EngineReport.Fact;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import java.util.ArrayList;
import java.util.List;

/** What {@code paravert doctor} shows of KVM, measured afresh. */
final class KvmReport {
    private static final int ROUNDS = 200;

    private KvmReport() {}

    static EngineReport measure() {
        HostFacts host = HostFacts.read();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("device", KvmDevice.PATH + (host.deviceExists() ? "" : " (absent)")));
        facts.add(new Fact("module", module(host)));
        facts.add(new Fact("kernel", host.kernel()));
        long start = System.nanoTime();
        try (KvmEngine engine = KvmEngine.open()) {
            facts.add(new Fact("opened and probed in", (System.nanoTime() - start) / 1_000_000 + " ms"));
            List<TransportFinding> transports = engine.tryTransports(ROUNDS);
            facts.add(new Fact("api version", Integer.toString(KvmDevice.API_VERSION)));
            facts.add(new Fact("hypercall instruction", engine.usesVmmcall() ? "vmmcall" : "vmcall"));
            facts.add(new Fact("guest TSC", engine.tscKilohertz() + " kHz"));
            facts.add(new Fact(PagingProbe.NAME, PagingProbe.measure(engine)));
            facts.add(new Fact("steady TSC", engine.hasSteadyTsc() ? "yes" : "no"));
            facts.add(new Fact("VFIO devices", engine.device().offersDevice(CreateDevice.TYPE_VFIO) ? "yes" : "no"));
            for (Capability capability : Capability.values()) {
                facts.add(new Fact(
                        "KVM_CAP_" + capability,
                        Integer.toString(engine.device().check(capability))));
            }
            return new EngineReport(KvmEngineProvider.NAME, true, summary(host), "", "", facts, transports);
        } catch (EngineException e) {
            return unusable(host, e, facts);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            return unusable(
                    host,
                    new EngineException("the native access library JNA does not load: " + e.getMessage(), ""),
                    facts);
        }
    }

    private static EngineReport unusable(HostFacts host, EngineException e, List<Fact> facts) {
        String message = String.valueOf(e.getMessage());
        String cause = e.remedy().isEmpty()
                ? message
                : message.substring(0, message.length() - e.remedy().length() - 2);
        return new EngineReport(KvmEngineProvider.NAME, false, summary(host), cause, e.remedy(), facts, List.of());
    }

    private static String summary(HostFacts host) {
        return "KVM by " + module(host) + ", Linux " + host.kernel();
    }

    private static String module(HostFacts host) {
        return host.backend().isEmpty()
                ? host.modules().isEmpty() ? "no module" : "kvm (its back end is built in)"
                : host.backend();
    }
}
