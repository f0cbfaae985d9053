package io.paravert.vmm.exit;

import io.paravert.vmm.engine.ExitReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;

/** Exits of one vCPU by reason. Its thread counts, any thread reads. */
public final class ExitCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final ExitReason[] REASONS = ExitReason.values();

    private final long[] exits = new long[REASONS.length + 1];

    void count(ExitReason reason, boolean unclaimed) {
        int at = reason.ordinal();
        CELL.setOpaque(exits, at, exits[at] + 1);
        if (unclaimed) {
            CELL.setOpaque(exits, REASONS.length, exits[REASONS.length] + 1);
        }
    }

    /** Without reasons that did not occur. */
    public Map<ExitReason, Long> byReason() {
        Map<ExitReason, Long> counts = new EnumMap<>(ExitReason.class);
        for (ExitReason reason : REASONS) {
            long count = (long) CELL.getOpaque(exits, reason.ordinal());
            if (count != 0) {
                counts.put(reason, count);
            }
        }
        return counts;
    }

    /** Accesses and calls that nobody claimed. */
    public long unclaimed() {
        return (long) CELL.getOpaque(exits, REASONS.length);
    }
}
