package io.paravert.vmm.pv;

import io.paravert.abi.Hypercall;
import io.paravert.abi.PvError;
import io.paravert.abi.ShareFlag;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.memory.GuestMemory;
import io.paravert.vmm.memory.MemoryRegion;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The SHARE calls: lending pages to another guest, and mapping what another lends. */
final class ShareCalls {
    /** Ranges mapped at once; an engine's memory slots are few. */
    private static final int MAPPINGS = 64;
    /** Every x86-64 processor has at least so many physical address bits, AMD APM vol. 2, 5.3. */
    private static final long ADDRESS_LIMIT = 1L << 40;

    private final PvMachine machine;
    private final Grants grants;
    private final GuestDirectory directory;
    private final Map<Long, Mapping> mappings = new HashMap<>();
    /**
     * Memories of owners whose pages were mapped here. They are kept until this machine has ended: a device or another vCPU
     * may be in the middle of an access to a range when the guest unmaps it.
     */
    private final Set<GuestMemory> held = new HashSet<>();

    private record Mapping(Grants owner, Grants.Grant grant) {}

    ShareCalls(PvMachine machine, Grants grants, GuestDirectory directory) {
        this.machine = machine;
        this.grants = grants;
        this.directory = directory;
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.SHARE_GRANT, (vcpu, number, a0, a1, a2, a3, a4, a5) -> grant(a0, a1, a2, a3));
        calls.serve(Hypercall.SHARE_MAP, (vcpu, number, a0, a1, a2, a3, a4, a5) -> map(a0, a1, a2, a3));
        calls.serve(Hypercall.SHARE_REVOKE, (vcpu, number, a0, a1, a2, a3, a4, a5) -> -grants.revoke(a0));
        calls.serve(Hypercall.SHARE_UNMAP, (vcpu, number, a0, a1, a2, a3, a4, a5) -> unmap(a0));
    }

    private static boolean areFlags(long flags) {
        return (flags & ~ShareFlag.WRITABLE) == 0;
    }

    private long grant(long gpa, long pages, long peer, long flags) {
        GuestMemory memory = machine.memory();
        if (gpa % GuestMemory.PAGE != 0 || pages < 1 || !areFlags(flags) || peer == machine.guestNumber()) {
            return -PvError.EINVAL;
        }
        if (pages > memory.ramBytes() / GuestMemory.PAGE || !memory.isRam(gpa, pages * GuestMemory.PAGE)) {
            return -PvError.EFAULT;
        }
        if (peer != 0 && !isGuest(peer)) {
            return -PvError.ENOENT;
        }
        int number = grants.add(gpa, pages * GuestMemory.PAGE, (flags & ShareFlag.WRITABLE) != 0, (int) peer);
        return number == 0 ? -PvError.ENOSPC : number;
    }

    private boolean isGuest(long number) {
        return number > 0 && number <= Integer.MAX_VALUE && directory.find((int) number) != null;
    }

    private long map(long peer, long grantNumber, long gpa, long flags) {
        if (gpa % GuestMemory.PAGE != 0 || gpa < 0 || gpa >= ADDRESS_LIMIT || !areFlags(flags)) {
            return -PvError.EINVAL;
        }
        GuestDirectory.Guest owner = isGuest(peer) ? directory.find((int) peer) : null;
        Grants.Grant grant = owner == null ? null : owner.grants().use(grantNumber, machine.guestNumber());
        if (owner == null || grant == null) {
            return -PvError.ENOENT;
        }
        long result = map(owner.grants(), grant, gpa, (flags & ShareFlag.WRITABLE) != 0);
        if (result < 0) {
            owner.grants().giveBack(grant);
        }
        return result;
    }

    private synchronized long map(Grants owner, Grants.Grant grant, long gpa, boolean writable) {
        if (writable && !grant.writable) {
            return -PvError.EPERM;
        }
        if (gpa > ADDRESS_LIMIT - grant.bytes) {
            return -PvError.EINVAL;
        }
        MemoryRegion region = new MemoryRegion(gpa, grant.bytes, grant.hostAddress, writable);
        if (!isFree(region)) {
            return -PvError.EBUSY;
        }
        if (mappings.size() == MAPPINGS) {
            return -PvError.ENOSPC;
        }
        if (!held.contains(owner.memory())) {
            if (!owner.memory().retainForPeer()) {
                return -PvError.ENOENT;
            }
            held.add(owner.memory());
        }
        try {
            machine.engineMachine().mapMemory(gpa, grant.hostAddress, grant.bytes, !writable);
        } catch (EngineException e) {
            machine.log().warn(() -> "cannot map a peer's pages: " + e.getMessage());
            return -PvError.ENOSPC;
        }
        machine.memory().addRegion(region);
        mappings.put(gpa, new Mapping(owner, grant));
        return grant.bytes / GuestMemory.PAGE;
    }

    private boolean isFree(MemoryRegion region) {
        return machine.claims().current().mmio().isFree(region.gpa(), region.bytes())
                && machine.memory().regions().stream()
                        .noneMatch(other -> region.gpa() < other.end() && other.gpa() < region.end());
    }

    private synchronized long unmap(long gpa) {
        Mapping mapping = mappings.remove(gpa);
        if (mapping == null) {
            return -PvError.ENOENT;
        }
        machine.memory().removeRegion(gpa);
        machine.engineMachine().unmapMemory(gpa);
        mapping.owner.giveBack(mapping.grant);
        return 0;
    }

    /** When the machine's engine and devices are gone. */
    synchronized void close() {
        mappings.values().forEach(mapping -> mapping.owner.giveBack(mapping.grant));
        mappings.clear();
        held.forEach(GuestMemory::releaseForPeer);
        held.clear();
    }
}
