package io.paravert.vmm.exit;

import io.paravert.vmm.engine.ExitReason;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** How long the exits of one vCPU took to serve, ns, by reason. Its thread records; one thread at a time reads. */
public final class ExitLatencies {
    private static final int DIGITS = 3;

    private final SingleWriterRecorder[] recorders = new SingleWriterRecorder[ExitReason.values().length];
    private final Map<ExitReason, Histogram> totals = new EnumMap<>(ExitReason.class);

    ExitLatencies() {
        for (ExitReason reason : ExitReason.values()) {
            recorders[reason.ordinal()] = new SingleWriterRecorder(DIGITS);
        }
    }

    void record(ExitReason reason, long nanos) {
        recorders[reason.ordinal()].recordValue(Math.max(0, nanos));
    }

    /** All since the start; reasons that did not occur are absent. */
    public synchronized Map<ExitReason, Histogram> snapshot() {
        Map<ExitReason, Histogram> copy = new EnumMap<>(ExitReason.class);
        for (ExitReason reason : ExitReason.values()) {
            Histogram total = totals.computeIfAbsent(reason, r -> new Histogram(DIGITS));
            total.add(recorders[reason.ordinal()].getIntervalHistogram());
            if (total.getTotalCount() != 0) {
                copy.put(reason, total.copy());
            }
        }
        return copy;
    }
}
