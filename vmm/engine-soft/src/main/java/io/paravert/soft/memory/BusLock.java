package io.paravert.soft.memory;

import io.paravert.soft.state.Pending;
import io.paravert.soft.state.Unwind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * x86's bus lock (Intel SDM vol. 3, 9.1.2): while it is held no vCPU but the holder's runs guest code. For LOCK-ed accesses that the
 * host has no instruction for, and for whoever must see guest memory stand still. Any thread.
 *
 * <pre>
 *   agent:   OUTSIDE --enter, nobody holds--> INSIDE --leave | a poll while another holds--> OUTSIDE
 *   holder:  free --lock: STOP raised at all inside, who are waited for--> held --unlock--> free
 * </pre>
 */
public final class BusLock {
    private static final int SPINS = 200;
    private static final int YIELDS = 50;
    private static final long NAP_NANOS = 50_000;

    private final List<Agent> agents = new CopyOnWriteArrayList<>();
    private final AtomicBoolean held = new AtomicBoolean();

    /** One vCPU's side. Its methods are for the vCPU's thread. */
    public final class Agent {
        private final Pending pending;
        private volatile boolean inside;

        private Agent(Pending pending) {
            this.pending = pending;
        }

        /** Before guest code runs: waits while the lock is held. */
        public void enter() {
            while (true) {
                inside = true;
                if (!held.get()) {
                    return;
                }
                inside = false;
                awaitRelease();
            }
        }

        /** After guest code. */
        public void leave() {
            inside = false;
        }

        /** Between two instructions, when {@link Pending#STOP} was raised. */
        public void giveWay() {
            leave();
            enter();
        }

        /**
         * Inside an instruction none of which has been done yet.
         *
         * @throws Unwind if another holds it: the instruction begins again after {@link #giveWay}
         */
        void lock() {
            if (!held.compareAndSet(false, true)) {
                throw Unwind.BUS_LOCKED;
            }
            stopAllBut(this);
        }

        void unlock() {
            held.set(false);
        }

        void close() {
            inside = false;
            agents.remove(this);
        }
    }

    /** A new vCPU, OUTSIDE. */
    Agent join(Pending pending) {
        Agent agent = new Agent(pending);
        agents.add(agent);
        return agent;
    }

    /** Runs something while no vCPU runs guest code. Not for a thread that runs guest code itself; {@code action} must be short. */
    void whileLocked(Runnable action) {
        while (!held.compareAndSet(false, true)) {
            awaitRelease();
        }
        try {
            stopAllBut(null);
            action.run();
        } finally {
            held.set(false);
        }
    }

    private void stopAllBut(@Nullable Agent self) {
        for (Agent agent : agents) {
            if (agent != self && agent.inside) {
                agent.pending.raise(Pending.STOP);
                for (int i = 0; agent.inside; i++) {
                    pause(i);
                }
            }
        }
    }

    private void awaitRelease() {
        for (int i = 0; held.get(); i++) {
            pause(i);
        }
    }

    /** Others may need this thread's processor to get on. */
    private static void pause(int turn) {
        if (turn < SPINS) {
            Thread.onSpinWait();
        } else if (turn < SPINS + YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(NAP_NANOS);
        }
    }
}
