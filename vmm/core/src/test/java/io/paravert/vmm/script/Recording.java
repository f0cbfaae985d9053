package io.paravert.vmm.script;

import io.paravert.abi.Hypercall;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Plays steps, keeps what each gave, and then shuts the machine down. */
public final class Recording implements Script {
    private static final Step SHUTDOWN = Step.call(Hypercall.SHUTDOWN, 0, 0);

    private final List<Step> steps;
    private final List<Long> seen = new CopyOnWriteArrayList<>();
    private int next;

    private Recording(List<Step> steps) {
        this.steps = steps;
    }

    public static Recording of(Step... steps) {
        return new Recording(List.of(steps));
    }

    /** What the steps gave, so far: the datum read, or RAX. Any thread. */
    public List<Long> seen() {
        return seen;
    }

    @Override
    public Step next(long previous) {
        if (next > 0 && next <= steps.size()) {
            seen.add(previous);
        }
        return next < steps.size() ? steps.get(next++) : SHUTDOWN;
    }
}
