package io.paravert.vmm.exit;

import io.paravert.abi.PvError;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.VcpuExit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the accesses and hypercalls of one vCPU: finds the claim, calls its server, puts data and results where the engine
 * takes them. It knows no engine and no thread, so that tests drive it with plain data. What it did last stays readable
 * until the next exit, for counters and traces. No exit allocates here.
 */
public final class ExitDispatcher {
    /** Numbers above the claimable range have one of these bits. */
    private static final long NUMBER_EXCESS = -ClaimKind.HYPERCALL.limit();

    private final Claims claims;
    private final CallingVcpu vcpu;
    private @Nullable Claim claim;
    private long value;

    public ExitDispatcher(Claims claims, CallingVcpu vcpu) {
        this.claims = claims;
        this.vcpu = vcpu;
    }

    /** The claim that an exit belongs to, or null: a pure function. */
    public static @Nullable Claim route(VcpuExit exit, Claims.Snapshot claims) {
        return switch (exit.reason()) {
            case PORT_READ, PORT_WRITE -> claims.ports().find(exit.port(), exit.size());
            case MMIO_READ, MMIO_WRITE -> claims.mmio().find(exit.gpa(), exit.size());
            case HYPERCALL ->
                (exit.number() & NUMBER_EXCESS) != 0
                        ? null
                        : claims.hypercalls().find(exit.number(), 1);
            default -> null;
        };
    }

    /** Serves an exit; those that carry neither access nor call pass through untouched. */
    public void dispatch(VcpuExit exit) {
        Claim found = route(exit, claims.current());
        claim = found;
        value = 0;
        switch (exit.reason()) {
            case PORT_READ -> read(exit, found, exit.port());
            case MMIO_READ -> read(exit, found, exit.gpa());
            case PORT_WRITE -> write(exit, found, exit.port());
            case MMIO_WRITE -> write(exit, found, exit.gpa());
            case HYPERCALL -> call(exit, found);
            default -> {
                return;
            }
        }
        if (found != null) {
            found.served().increment(vcpu.id());
        }
    }

    /** Who served the last exit; null if nobody claims the place. */
    public @Nullable Claim claim() {
        return claim;
    }

    /** First datum, or result, of the last exit. */
    public long value() {
        return value;
    }

    private void read(VcpuExit exit, @Nullable Claim found, long place) {
        int size = exit.size();
        long at = exit.dataAddress();
        if (found == null) {
            RawMemory.fill(at, (long) size * exit.count(), (byte) 0xff);
            value = -1L >>> (Long.SIZE - size * Byte.SIZE);
            return;
        }
        long offset = place - found.first();
        for (int i = 0; i < exit.count(); i++) {
            // A string instruction can ask a slow device very often; when the machine ends the rest is of no use.
            long datum = i > 0 && vcpu.mustLeave() ? -1 : found.accesses().read(vcpu, offset, size);
            DataBytes.store(at + (long) i * size, size, datum);
            if (i == 0) {
                value = DataBytes.truncate(datum, size);
            }
        }
    }

    private void write(VcpuExit exit, @Nullable Claim found, long place) {
        int size = exit.size();
        long at = exit.dataAddress();
        value = DataBytes.load(at, size);
        if (found == null) {
            return;
        }
        long offset = place - found.first();
        found.accesses().write(vcpu, offset, size, value);
        for (int i = 1; i < exit.count() && !vcpu.mustLeave(); i++) {
            found.accesses().write(vcpu, offset, size, DataBytes.load(at + (long) i * size, size));
        }
    }

    private void call(VcpuExit exit, @Nullable Claim found) {
        long result = found == null
                ? -PvError.ENOSYS
                : found.calls()
                        .call(
                                vcpu,
                                (int) exit.number(),
                                exit.argument(0),
                                exit.argument(1),
                                exit.argument(2),
                                exit.argument(3),
                                exit.argument(4),
                                exit.argument(5));
        exit.setResult(result);
        value = result;
    }
}
