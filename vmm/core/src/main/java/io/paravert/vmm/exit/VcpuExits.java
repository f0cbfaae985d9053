package io.paravert.vmm.exit;

import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.VcpuExit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The exits of one vCPU: served by the dispatcher, and observed at this one point. What nobody asked for (times, traces, JFR)
 * costs a branch. The vCPU's thread only, but for {@link #counters} and {@link #latencies}.
 */
public final class VcpuExits {
    private final String vm;
    private final int vcpu;
    private final ExitDispatcher dispatcher;
    private final ExitCounters counters = new ExitCounters();
    private final LastExits last = new LastExits();
    private final @Nullable ExitTrace trace;
    private final @Nullable ExitLatencies latencies;

    public VcpuExits(String vm, CallingVcpu vcpu, Claims claims, Optional<ExitTrace> trace, boolean keepLatencies) {
        this.vm = vm;
        this.vcpu = vcpu.id();
        this.dispatcher = new ExitDispatcher(claims, vcpu);
        this.trace = trace.orElse(null);
        this.latencies = keepLatencies ? new ExitLatencies() : null;
    }

    /** Serves an exit and notes it. */
    public void serve(VcpuExit exit) {
        VcpuExitEvent event = new VcpuExitEvent();
        event.begin();
        long start = latencies == null ? 0 : System.nanoTime();
        dispatcher.dispatch(exit);
        Claim claim = dispatcher.claim();
        ExitReason reason = exit.reason();
        boolean claimable = reason == ExitReason.HYPERCALL || LastExits.hasAccess(reason);
        counters.count(reason, claimable && claim == null);
        last.add(exit, claim, dispatcher.value());
        if (latencies != null) {
            latencies.record(reason, System.nanoTime() - start);
        }
        if (trace != null) {
            trace.exit(describe(exit));
        }
        if (event.isEnabled() && event.shouldCommit()) {
            commit(event, exit);
        }
    }

    private void commit(VcpuExitEvent event, VcpuExit exit) {
        ExitRecord exitRecord = describe(exit);
        event.vm = vm;
        event.vcpu = vcpu;
        event.reason = exitRecord.reason().name();
        event.place = exitRecord.place();
        event.size = exitRecord.size();
        event.count = exitRecord.count();
        event.value = exitRecord.value();
        event.owner = exitRecord.owner();
        event.commit();
    }

    private ExitRecord describe(VcpuExit exit) {
        boolean access = LastExits.hasAccess(exit.reason());
        Claim claim = dispatcher.claim();
        return new ExitRecord(
                System.nanoTime(),
                vcpu,
                exit.reason(),
                LastExits.place(exit),
                access ? exit.size() : 0,
                access ? exit.count() : 1,
                dispatcher.value(),
                claim == null ? "" : claim.owner().name());
    }

    public ExitCounters counters() {
        return counters;
    }

    public Optional<ExitLatencies> latencies() {
        return Optional.ofNullable(latencies);
    }

    /** The oldest first. */
    public List<ExitRecord> last() {
        return last.list(vcpu);
    }
}
