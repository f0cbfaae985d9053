package io.paravert.kvm;

import io.paravert.kvm.uapi.Capability;
import io.paravert.kvm.uapi.VcpuStructs;
import io.paravert.kvm.uapi.VmStructs.EnableCap;
import io.paravert.kvm.uapi.VmStructs.XenHvmConfig;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import java.util.ArrayList;
import java.util.List;

/** KVM, opened. */
final class KvmEngine implements Engine {
    /** Milliseconds in which the plainest guest must have called; a machine that is emulated itself needs most of them. */
    private static final long PORT_MILLIS = 3000;
    /** A hypercall may take so many times what port I/O took, everything included, but at least this many milliseconds. */
    private static final long SLACK = 10;

    private static final long MIN_MILLIS = 50;

    private final KvmDevice device;
    private final EventPoller poller = new EventPoller();
    private final boolean vmmcall;
    private final boolean tscDeadline;
    private final boolean steadyTsc;
    private final int syncSets;
    private final int maxSlots;
    private final int xsaveBytes;
    private List<HypercallTransport> transports = List.of();
    private long tscKilohertz;
    private int openMachines;

    private KvmEngine(KvmDevice device) {
        this.device = device;
        vmmcall = device.supportedCpuid().stream().anyMatch(KvmEngine::isAmd);
        tscDeadline = device.check(Capability.TSC_DEADLINE_TIMER) > 0;
        steadyTsc = device.supportedCpuid().stream().anyMatch(KvmEngine::hasInvariantTsc);
        syncSets = device.check(Capability.SYNC_REGS);
        maxSlots = device.check(Capability.NR_MEMSLOTS);
        xsaveBytes = Math.max(VcpuStructs.XSAVE_SIZEOF, device.check(Capability.XSAVE2));
    }

    /** Leaf 0's EBX: the beginning of AuthenticAMD and HygonGenuine. */
    private static boolean isAmd(CpuidLeaf leaf) {
        return leaf.function() == 0 && (leaf.ebx() == 0x6874_7541 || leaf.ebx() == 0x6f67_7948);
    }

    /** Leaf 0x80000007, EDX bit 8 (AMD APM vol. 3, appendix E.4.6). */
    private static boolean hasInvariantTsc(CpuidLeaf leaf) {
        return leaf.function() == 0x8000_0007 && (leaf.edx() & 1 << 8) != 0;
    }

    /** @throws EngineException with cause and remedy if no guest can run */
    static KvmEngine open() {
        KvmEngine engine = new KvmEngine(KvmDevice.open());
        try {
            engine.choose(engine.tryTransports(1));
            return engine;
        } catch (RuntimeException e) {
            engine.device.close();
            throw e;
        }
    }

    /** Tries each transport, the one that machines will use first. */
    List<TransportFinding> tryTransports(int rounds) {
        long start = System.nanoTime();
        TransportFinding port = TransportProbe.probe(this, HypercallTransport.PORT, rounds, PORT_MILLIS);
        long millis = Math.max(MIN_MILLIS, SLACK * (System.nanoTime() - start) / 1_000_000);
        List<TransportFinding> findings = new ArrayList<>();
        findings.add(
                offersXen()
                        ? TransportProbe.probe(this, HypercallTransport.VMCALL_INTERCEPTED, rounds, millis)
                        : absent(
                                HypercallTransport.VMCALL_INTERCEPTED,
                                "this kernel does not offer it (CONFIG_KVM_XEN)"));
        findings.add(
                offersExitHypercall()
                        ? TransportProbe.probe(this, HypercallTransport.VMCALL_EXIT_HYPERCALL, rounds, millis)
                        : absent(
                                HypercallTransport.VMCALL_EXIT_HYPERCALL,
                                "this kernel does not offer it (Linux 5.15)"));
        findings.add(port);
        return markChosen(findings);
    }

    private static TransportFinding absent(HypercallTransport transport, String why) {
        return new TransportFinding(transport, false, 0, why, false);
    }

    private static List<TransportFinding> markChosen(List<TransportFinding> findings) {
        List<TransportFinding> marked = new ArrayList<>();
        boolean found = false;
        for (TransportFinding f : findings) {
            boolean chosen = f.works() && !found;
            found |= chosen;
            marked.add(new TransportFinding(f.transport(), f.works(), f.nanoseconds(), f.detail(), chosen));
        }
        return marked;
    }

    private void choose(List<TransportFinding> findings) {
        TransportFinding port = findings.get(findings.size() - 1);
        if (!port.works()) {
            throw new EngineException(
                    "KVM opens, but runs no guest: " + port.detail(), "see paravert doctor, or run with --engine soft");
        }
        transports = findings.stream()
                .filter(TransportFinding::works)
                .map(TransportFinding::transport)
                .toList();
    }

    boolean offersXen() {
        return (device.check(Capability.XEN_HVM) & XenHvmConfig.INTERCEPT_HCALL) != 0;
    }

    boolean offersExitHypercall() {
        return (device.check(Capability.EXIT_HYPERCALL) & 1 << EnableCap.HC_MAP_GPA_RANGE) != 0;
    }

    KvmDevice device() {
        return device;
    }

    EventPoller poller() {
        return poller;
    }

    /** What KVM_CAP_SYNC_REGS offers. */
    int syncSets() {
        return syncSets;
    }

    /** The guest's TSC runs evenly and alike on all vCPUs: KVM starts those of one machine together. */
    boolean hasSteadyTsc() {
        return steadyTsc;
    }

    int maxSlots() {
        return maxSlots;
    }

    /** Bytes of a vCPU's XSAVE area. */
    int xsaveBytes() {
        return xsaveBytes;
    }

    List<CpuidLeaf> cpuid(MachineSpec spec, int id) {
        return CpuidTable.of(device.supportedCpuid(), tscDeadline, spec, id);
    }

    /** A vCPU has told its frequency; it is the same for all. */
    synchronized void learnTscKilohertz(long kilohertz) {
        tscKilohertz = kilohertz;
    }

    @Override
    public String name() {
        return KvmEngineProvider.NAME;
    }

    @Override
    public List<HypercallTransport> transports() {
        return transports;
    }

    @Override
    public boolean usesVmmcall() {
        return vmmcall;
    }

    @Override
    public synchronized long tscKilohertz() {
        return tscKilohertz;
    }

    @Override
    public EngineMachine createMachine(MachineSpec spec) {
        KernelPaging.require(spec.paging());
        KvmMachine machine = new KvmMachine(this, spec);
        synchronized (this) {
            openMachines++;
        }
        return machine;
    }

    synchronized void machineClosed() {
        openMachines--;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (openMachines > 0) {
                throw new IllegalStateException("the engine has " + openMachines + " open machines: close them first");
            }
        }
        poller.close();
        device.close();
    }
}
