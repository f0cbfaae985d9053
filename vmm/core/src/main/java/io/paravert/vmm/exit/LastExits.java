package io.paravert.vmm.exit;

import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.VcpuExit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last exits of one vCPU, kept without allocation for the day it crashes. Its thread only. */
final class LastExits {
    /** A power of two. */
    static final int KEPT = 64;

    private static final ExitReason[] REASONS = ExitReason.values();

    private final long[] places = new long[KEPT];
    private final long[] values = new long[KEPT];
    /** Reason, size and count of each. */
    private final int[] shapes = new int[KEPT];

    private final int[] counts = new int[KEPT];
    private final @Nullable Claim[] claims = new Claim[KEPT];
    private long next;

    void add(VcpuExit exit, @Nullable Claim claim, long value) {
        int at = (int) next++ & (KEPT - 1);
        ExitReason reason = exit.reason();
        places[at] = place(exit);
        values[at] = value;
        shapes[at] = reason.ordinal() << Byte.SIZE | (hasAccess(reason) ? exit.size() : 0);
        counts[at] = hasAccess(reason) ? exit.count() : 1;
        claims[at] = claim;
    }

    static long place(VcpuExit exit) {
        return switch (exit.reason()) {
            case PORT_READ, PORT_WRITE -> exit.port();
            case MMIO_READ, MMIO_WRITE -> exit.gpa();
            case HYPERCALL -> exit.number();
            default -> 0;
        };
    }

    static boolean hasAccess(ExitReason reason) {
        return switch (reason) {
            case PORT_READ, PORT_WRITE, MMIO_READ, MMIO_WRITE -> true;
            default -> false;
        };
    }

    /** The oldest first; without times, which are not taken for exits that nobody watches. */
    List<ExitRecord> list(int vcpu) {
        List<ExitRecord> list = new ArrayList<>();
        for (long i = Math.max(0, next - KEPT); i < next; i++) {
            int at = (int) i & (KEPT - 1);
            Claim claim = claims[at];
            list.add(new ExitRecord(
                    0,
                    vcpu,
                    REASONS[shapes[at] >>> Byte.SIZE],
                    places[at],
                    shapes[at] & 0xff,
                    counts[at],
                    values[at],
                    claim == null ? "" : claim.owner().name()));
        }
        return list;
    }
}
