package io.paravert.vmm.pv;

import io.paravert.abi.EventKind;
import io.paravert.abi.PvError;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;

/** One-shot alarms on event channels. A timer has a resolution of 1 ms; an alarm fires up to that late, never early. Any thread. */
final class Alarms {
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** How often an alarm looks whether a paused machine goes on, and the longest timer, ms. */
    private static final long PAUSED_POLL = 20;

    private static final long LONGEST = 3_600_000;
    private static final long DISARM = -1;

    private final Vertx vertx;
    private final VmClock clock;
    private final EventChannels channels;
    private final Map<Integer, Armed> armed = new HashMap<>();
    private boolean closed;

    /** @param deadline ns of the machine's clock; unsigned */
    private record Armed(long deadline, long timer) {}

    Alarms(Vertx vertx, VmClock clock, EventChannels channels) {
        this.vertx = vertx;
        this.clock = clock;
        this.channels = channels;
    }

    long arm(long channel, long deadline) {
        if (!channels.isBound(channel, EventKind.ALARM)) {
            return -PvError.EINVAL;
        }
        int number = (int) channel;
        synchronized (this) {
            cancel(number);
            if (deadline == DISARM) {
                return 0;
            }
            if (Long.compareUnsigned(deadline, clock.now()) > 0) {
                schedule(number, deadline);
                return 0;
            }
        }
        channels.signal(number);
        return 0;
    }

    private void cancel(int channel) {
        Armed old = armed.remove(channel);
        if (old != null) {
            vertx.cancelTimer(old.timer);
        }
    }

    private void schedule(int channel, long deadline) {
        if (closed) {
            return;
        }
        long left = deadline - clock.now();
        long millis = left < 0 ? LONGEST : Math.min(LONGEST, (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        long delay = Math.max(clock.isFrozen() ? PAUSED_POLL : 1, millis);
        long timer = vertx.setTimer(delay, id -> fired(channel, id));
        armed.put(channel, new Armed(deadline, timer));
    }

    private void fired(int channel, long timer) {
        synchronized (this) {
            Armed alarm = armed.get(channel);
            if (alarm == null || alarm.timer != timer) {
                return;
            }
            armed.remove(channel);
            if (Long.compareUnsigned(alarm.deadline, clock.now()) > 0) {
                schedule(channel, alarm.deadline);
                return;
            }
        }
        channels.signal(channel);
    }

    /** The channel is bound no more. */
    synchronized void forget(int channel) {
        cancel(channel);
    }

    synchronized void close() {
        closed = true;
        for (Integer channel : Map.copyOf(armed).keySet()) {
            cancel(channel);
        }
    }
}
