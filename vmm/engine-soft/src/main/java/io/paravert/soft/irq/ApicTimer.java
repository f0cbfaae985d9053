package io.paravert.soft.irq;

import java.util.function.LongConsumer;

/**
 * The timer of a local APIC (AMD APM vol. 2, 16.4.1; Intel SDM vol. 3, 11.5.4): one-shot, periodic, or by TSC deadline. Callers
 * hold the APIC's lock.
 */
public final class ApicTimer {
    private static final int ONE_SHOT = 0;
    private static final int PERIODIC = 1;
    private static final int DEADLINE = 2;
    /** A guest's period is stretched to this, ns: what it can make the host do is bounded. */
    private static final long SHORTEST_PERIOD = 20_000;

    private final Timeline time;
    private final long ticksPerSecond;
    private final TscClock tsc;
    private final LongConsumer expired;

    private int mode = ONE_SHOT;
    private int divideRegister;
    private long initial;
    private long started;
    private long deadline;
    private long generation;
    private Runnable cancel = () -> {};

    /** Guest TSC and its relation to the machine's time. */
    public interface TscClock {
        long ticks();

        /** Nanoseconds that so many ticks take, rounded up. */
        long nanosOf(long ticks);
    }

    /** @param expired called, without the lock, with what {@link #expire} takes */
    ApicTimer(Timeline time, long ticksPerSecond, TscClock tsc, LongConsumer expired) {
        this.time = time;
        this.ticksPerSecond = ticksPerSecond;
        this.tsc = tsc;
        this.expired = expired;
    }

    void reset() {
        stop();
        mode = ONE_SHOT;
        divideRegister = 0;
        initial = 0;
        deadline = 0;
    }

    /** @param lvt the timer's LVT entry; a change between deadline and count modes disarms */
    void setMode(int lvt) {
        int wanted = lvt >>> 17 & 3;
        if (wanted == mode) {
            return;
        }
        if (wanted == DEADLINE || mode == DEADLINE) {
            stop();
            initial = 0;
            deadline = 0;
        }
        mode = wanted;
    }

    int divideRegister() {
        return divideRegister;
    }

    void setDivide(int value) {
        int current = currentCount();
        divideRegister = value & 0b1011;
        if (initial != 0 && current != 0) {
            started = time.nanos() - nanosOf(initial - Integer.toUnsignedLong(current));
            arm();
        }
    }

    int initialCount() {
        return (int) initial;
    }

    void setInitialCount(int value) {
        if (mode == DEADLINE) {
            return;
        }
        stop();
        initial = Integer.toUnsignedLong(value);
        started = time.nanos();
        if (initial != 0) {
            arm();
        }
    }

    int currentCount() {
        if (initial == 0 || mode == DEADLINE) {
            return 0;
        }
        long passed = countsOf(time.nanos() - started);
        if (mode == PERIODIC) {
            return (int) (initial - passed % initial);
        }
        return passed >= initial ? 0 : (int) (initial - passed);
    }

    /** 0 when disarmed. */
    long deadline() {
        return mode == DEADLINE ? deadline : 0;
    }

    void setDeadline(long value) {
        if (mode != DEADLINE) {
            return;
        }
        stop();
        deadline = value;
        if (value != 0) {
            long remaining = value - tsc.ticks();
            schedule(time.nanos() + (remaining <= 0 ? 0 : tsc.nanosOf(remaining)));
        }
    }

    /** Nothing will run any more. */
    void stop() {
        generation++;
        cancel.run();
        cancel = () -> {};
    }

    private void arm() {
        stop();
        long period = nanosOf(initial);
        long now = time.nanos();
        if (mode == PERIODIC) {
            period = Math.max(period, SHORTEST_PERIOD);
            schedule(now + period - Math.floorMod(now - started, period));
        } else if (started + period > now || countsOf(now - started) < initial) {
            schedule(started + period);
        }
    }

    private void schedule(long at) {
        long mine = generation;
        cancel = time.at(at, () -> expired.accept(mine));
    }

    /** Returns false if the expiry was overtaken by a change of the timer; arms the next period otherwise. */
    boolean expire(long token) {
        if (token != generation) {
            return false;
        }
        if (mode == PERIODIC) {
            arm();
        } else if (mode == DEADLINE) {
            deadline = 0;
        }
        return true;
    }

    /** Divide by 2, 4, 8, 16, 32, 64, 128, 1 (AMD APM vol. 2, 16.4.1). */
    private int divisorShift() {
        int code = divideRegister & 3 | divideRegister >>> 1 & 4;
        return code + 1 & 7;
    }

    private long countsOf(long nanos) {
        return Math.multiplyHigh(nanos, ticksPerSecond) == 0
                ? Long.divideUnsigned(nanos * ticksPerSecond, 1_000_000_000L) >>> divisorShift()
                : (long) ((double) nanos * ticksPerSecond / 1e9) >>> divisorShift();
    }

    private long nanosOf(long counts) {
        // At most 2^32 counts * 128 = 2^39 ticks; times 10^9 exceeds 64 bits, so by halves.
        long ticks = counts << divisorShift();
        long whole = ticks / ticksPerSecond;
        long rest = ticks % ticksPerSecond;
        return whole * 1_000_000_000L + (rest * 1_000_000_000L + ticksPerSecond - 1) / ticksPerSecond;
    }
}
