package io.paravert.soft.irq;

import java.util.function.Consumer;

/**
 * The 8254 timer of a PC and port 0x61, which gates its third counter (8254 datasheet). Counts are computed from the machine's
 * time; only counter 0, whose output is an interrupt line, makes the host do something. Any thread.
 */
public final class Pit {
    /** Input frequency, Hz. */
    public static final long FREQUENCY = 1_193_182;

    /** A guest's period of counter 0 is stretched to this, ns: what it can make the host do is bounded. */
    private static final long SHORTEST_PERIOD = 20_000;

    private final Timeline time;
    private final Consumer<Boolean> output0;
    private final PitCounter[] counters = {new PitCounter(), new PitCounter(), new PitCounter()};
    private boolean speaker;
    private Runnable cancel = () -> {};
    private long generation;

    /** @param output0 drives the interrupt line of counter 0; must not call back */
    public Pit(Timeline time, Consumer<Boolean> output0) {
        this.time = time;
        this.output0 = output0;
        counters[2].setGate(false, 0);
    }

    /** A byte from port 0x40 to 0x43, or 0x61. */
    public synchronized int read(int port) {
        long now = ticks();
        if (port == 0x61) {
            boolean out = counters[2].output(now);
            // Bit 4 toggles with the memory refresh, every 15 us.
            int refresh = (int) (time.nanos() / 15_085 & 1) << 4;
            return (counters[2].gate() ? 1 : 0) | (speaker ? 2 : 0) | refresh | (out ? 0x20 : 0);
        }
        return port == 0x43 ? 0 : counters[port & 3].read(now);
    }

    public synchronized void write(int port, int value) {
        long now = ticks();
        if (port == 0x61) {
            speaker = (value & 2) != 0;
            counters[2].setGate((value & 1) != 0, now);
        } else if (port != 0x43) {
            if (counters[port & 3].write(value & 0xff, now) && (port & 3) == 0) {
                schedule();
            }
        } else if (value >>> 6 == 3) {
            for (int i = 0; i < 3; i++) {
                if ((value >>> i + 1 & 1) != 0) {
                    counters[i].readBack((value & 0x20) == 0, (value & 0x10) == 0, now);
                }
            }
        } else {
            int which = value >>> 6 & 3;
            counters[which].control(value & 0x3f, now);
            if (which == 0 && (value & 0x30) != 0) {
                stop();
                output0.accept(counters[0].output(now));
            }
        }
    }

    public synchronized void stop() {
        generation++;
        cancel.run();
        cancel = () -> {};
    }

    private long ticks() {
        long nanos = time.nanos();
        long whole = nanos / 1_000_000_000L;
        return whole * FREQUENCY + nanos % 1_000_000_000L * FREQUENCY / 1_000_000_000L;
    }

    private static long nanosOf(long ticks) {
        long whole = ticks / FREQUENCY;
        return whole * 1_000_000_000L + (ticks % FREQUENCY * 1_000_000_000L + FREQUENCY - 1) / FREQUENCY;
    }

    /** Arms the next rise of counter 0's output. */
    private void schedule() {
        stop();
        long now = ticks();
        long rise = counters[0].nextRise(now);
        output0.accept(counters[0].output(now));
        if (rise >= 0) {
            long mine = generation;
            cancel = time.at(Math.max(nanosOf(rise), time.nanos() + SHORTEST_PERIOD), () -> rose(mine));
        }
    }

    private synchronized void rose(long mine) {
        if (mine != generation) {
            return;
        }
        // The line falls and rises within this call: an edge, whatever phase the output is in by now.
        output0.accept(false);
        output0.accept(true);
        if (counters[0].periodic()) {
            long next = counters[0].nextRise(ticks());
            long armed = ++generation;
            cancel = time.at(Math.max(nanosOf(next), time.nanos() + SHORTEST_PERIOD), () -> rose(armed));
        }
    }
}
