package io.paravert.soft;

import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.InterruptLines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Two machines that run the same guest in metered time: wherever the leader, which translates, comes back from a region, the follower, which interprets
 * block by block, must have come to the same state after as many instructions. Each on a thread of its own.
 */
final class InStep {
    /** Calls of the follower with the leader's count, but another state, that are no difference: what follows is yet to be delivered. */
    private static final int PATIENCE = 16;

    private static final long DEADLINE_SECONDS = 120;

    /**
     * How often both are compared, in instructions.
     *
     * @param interval between two points, at least
     * @param period after which a time comes when there is a point wherever there can be one
     * @param window how long that time is
     * @param memory after which the whole memory is compared, too
     */
    record Sampling(long interval, long period, long window, long memory) {
        /** Wherever there can be a point. */
        static final Sampling ALL = new Sampling(0, 1, 0, Long.MAX_VALUE);

        private long intervalAt(long instructions) {
            return instructions % period < window ? 0 : interval;
        }
    }

    /**
     * @param memory a digest of all memory, 0 where it is not compared
     * @param inputs what came from outside at this point, to come to the follower at the same
     */
    private record Point(long instructions, int state, long rip, long memory, List<Consumer<InterruptLines>> inputs) {
        boolean isSame(Point other) {
            return instructions == other.instructions && state == other.state && rip == other.rip;
        }
    }

    private static final Point END = new Point(Long.MAX_VALUE, 0, 0, 0, List.of());

    private final Queue<Consumer<InterruptLines>> inputs = new ConcurrentLinkedQueue<>();
    private final Sampling sampling;

    private LongSupplier leadersMemory = () -> 0;
    private LongSupplier followersMemory = () -> 0;
    private long nextMemory;
    private long memories;

    private final BlockingQueue<Point> ahead = new ArrayBlockingQueue<>(4096);
    private final CpuState leaders = new CpuState();
    private final CpuState followers = new CpuState();
    private Point last = new Point(Long.MIN_VALUE, 0, 0, 0, List.of());
    private Point matched = last;
    private Point next = last;
    private int patience;
    private long points;
    private volatile boolean released;

    InStep(Sampling sampling) {
        this.sampling = sampling;
        nextMemory = sampling.memory;
    }

    /** How to make digests, never 0, of both machines' memory. Before either runs. */
    void compareMemory(LongSupplier leader, LongSupplier follower) {
        leadersMemory = leader;
        followersMemory = follower;
    }

    /** Something comes to the leader from outside, and to both at its next point. Any thread. */
    void input(Consumer<InterruptLines> what) {
        inputs.add(what);
    }

    /** Points at which both were compared. */
    long points() {
        return points;
    }

    /** Points at which all of memory was compared, too. */
    long memories() {
        return memories;
    }

    /** The leader may go on alone. */
    void release() {
        released = true;
        ahead.clear();
    }

    /** The leader is at a point. */
    void lead(SoftVcpu vcpu, SoftMachine machine, long instructions) {
        if (released) {
            machine.advance(instructions);
            return;
        }
        if (instructions - sampling.intervalAt(instructions) < last.instructions) {
            return;
        }
        if (point(vcpu, leaders, instructions, 0, List.of()).isSame(last)) {
            return;
        }
        long memory = 0;
        if (instructions >= nextMemory) {
            nextMemory = instructions + sampling.memory;
            memory = leadersMemory.getAsLong();
        }
        Point here = point(vcpu, leaders, instructions, memory, taken());
        last = here;
        put(here);
        machine.advance(instructions);
        here.inputs.forEach(input -> input.accept(machine.interruptLines().orElseThrow()));
    }

    private List<Consumer<InterruptLines>> taken() {
        List<Consumer<InterruptLines>> all = new ArrayList<>();
        for (var input = inputs.poll(); input != null; input = inputs.poll()) {
            all.add(input);
        }
        return all;
    }

    /** The follower is between two blocks. */
    void follow(SoftVcpu vcpu, SoftMachine machine, long instructions) {
        if (next.isSame(matched)) {
            next = await();
        }
        if (next.isSame(END)) {
            machine.advance(instructions);
            return;
        }
        if (instructions < next.instructions) {
            return;
        }
        Point here = point(vcpu, followers, instructions, 0, List.of());
        if (here.isSame(matched)) {
            return;
        }
        if (here.isSame(next)) {
            checkMemory();
            matched = next;
            patience = 0;
            points++;
            machine.advance(instructions);
            next.inputs.forEach(input -> input.accept(machine.interruptLines().orElseThrow()));
        } else if (instructions > next.instructions || ++patience > PATIENCE) {
            throw new IllegalStateException("interpreted " + here + ", translated " + next + ", both after " + matched
                    + "; interpreted registers " + Arrays.toString(followers.general));
        }
    }

    private void checkMemory() {
        if (next.memory == 0) {
            return;
        }
        if (followersMemory.getAsLong() != next.memory) {
            throw new IllegalStateException(
                    "memory differs at " + next + ", after " + memories + " times that it did not");
        }
        memories++;
    }

    /** The leader has left for good: its last state is the test's to compare. */
    void ended() {
        put(END);
    }

    private void put(Point point) {
        try {
            if (!ahead.offer(point, DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the follower does not come");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Point await() {
        try {
            Point point = ahead.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (point == null) {
                throw new IllegalStateException("the leader does not come");
            }
            return point;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Point point(
            SoftVcpu vcpu, CpuState state, long instructions, long memory, List<Consumer<InterruptLines>> inputs) {
        vcpu.readState(state);
        int hash = Arrays.hashCode(state.general);
        hash = 31 * hash + Long.hashCode(state.rflags);
        hash = 31 * hash + Long.hashCode(state.cr2);
        hash = 31 * hash + Long.hashCode(state.cr3);
        return new Point(instructions, hash, state.rip, memory, inputs);
    }
}
