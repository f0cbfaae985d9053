package io.paravert.vmm.exit;

import java.util.concurrent.atomic.LongAdder;

/** Who has a claim: a device, or a service of the monitor. Its counters may be touched by any thread. */
public final class ClaimOwner {
    private final String name;
    private final LongAdder calls = new LongAdder();
    private final LongAdder posts = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder throttled = new LongAdder();

    public ClaimOwner(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** Requests that a vCPU waited for. */
    public LongAdder calls() {
        return calls;
    }

    /** Requests that no vCPU waited for. */
    public LongAdder posts() {
        return posts;
    }

    /** Requests that failed, were answered twice or not in time, or were dropped. */
    public LongAdder failures() {
        return failures;
    }

    /** Times that a vCPU waited because too much was in flight. */
    public LongAdder throttled() {
        return throttled;
    }
}
