package io.paravert.vmm.pv;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.CallPage;
import io.paravert.abi.CpuidLeaf;
import io.paravert.abi.Gpa;
import io.paravert.abi.HypercallCode;
import io.paravert.abi.Port;
import io.paravert.abi.Transport;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec.CpuidEntry;
import io.paravert.vmm.memory.GuestMemory;
import java.util.List;

/**
 * How a guest finds the monitor and calls it: the ABI's CPUID leaves and the hypercall page.
 *
 * @param transport number of the transport behind the hypercall page
 * @param offered bit n set when transport n works
 */
public record PvPlatform(int transport, int offered, long features, int vcpus, int tscKilohertz) {
    private static final int FAST_PORT_SHIFT = 16;

    /** @param behindPage one of the engine's transports */
    public static PvPlatform of(Engine engine, HypercallTransport behindPage, long features, int vcpus) {
        int offered = 1 << Transport.CALL_PORT | 1 << Transport.DOORBELL | 1 << Transport.FAST_PORT;
        for (HypercallTransport each : engine.transports()) {
            offered |= 1 << number(each, engine.usesVmmcall());
        }
        int tsc = (int) Math.min(engine.tscKilohertz(), 0xffff_ffffL);
        return new PvPlatform(number(behindPage, engine.usesVmmcall()), offered, features, vcpus, tsc);
    }

    private static int number(HypercallTransport transport, boolean vmmcall) {
        return switch (transport) {
            case PORT -> Transport.FAST_PORT;
            case VMCALL_INTERCEPTED -> vmmcall ? Transport.VMMCALL : Transport.VMCALL;
            case VMCALL_EXIT_HYPERCALL -> vmmcall ? Transport.VMMCALL_MAP_GPA : Transport.VMCALL_MAP_GPA;
        };
    }

    /** The leaves of the ABI; the number of the vCPU that asks is for the engine to fill in. */
    public List<CpuidEntry> cpuid() {
        int base = CpuidLeaf.BASE_FIRST;
        return List.of(
                new CpuidEntry(
                        base + CpuidLeaf.SIGNATURE,
                        base + CpuidLeaf.HIGHEST,
                        CpuidLeaf.SIGNATURE_EBX,
                        CpuidLeaf.SIGNATURE_ECX,
                        CpuidLeaf.SIGNATURE_EDX),
                new CpuidEntry(
                        base + CpuidLeaf.VERSION,
                        AbiVersion.VALUE,
                        (int) features,
                        (int) (features >>> Integer.SIZE),
                        0),
                new CpuidEntry(
                        base + CpuidLeaf.TRANSPORTS,
                        offered,
                        transport,
                        Port.FAST << FAST_PORT_SHIFT | Port.CALL,
                        Port.RING_DOORBELL),
                addresses(base + CpuidLeaf.CALL_PAGES, Gpa.HYPERCALL_PAGE, Gpa.CALL_PAGES),
                addresses(base + CpuidLeaf.BOOT_PAGES, Gpa.DOORBELL, Gpa.BOOT_INFO),
                CpuidEntry.withVcpuInEdx(base + CpuidLeaf.CLOCKS, tscKilohertz, 0, vcpus));
    }

    private static CpuidEntry addresses(int leaf, long first, long second) {
        return new CpuidEntry(
                leaf, (int) first, (int) (first >>> Integer.SIZE), (int) second, (int) (second >>> Integer.SIZE));
    }

    /** Writes the hypercall page and zeroes the call pages. */
    public void writePages(GuestMemory memory) {
        byte[] page = HypercallCode.page(transport);
        memory.write(Gpa.HYPERCALL_PAGE, page, 0, page.length);
        memory.fill(Gpa.CALL_PAGES, (long) vcpus * CallPage.BYTES, (byte) 0);
    }
}
