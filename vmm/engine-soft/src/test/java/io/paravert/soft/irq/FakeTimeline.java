package io.paravert.soft.irq;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that stands until a test moves it. */
final class FakeTimeline implements Timeline, ApicTimer.TscClock {
    private record Entry(long at, long order, Runnable action) {}

    private final PriorityQueue<Entry> queue =
            new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
    private long now;
    private long order;

    @Override
    public long nanos() {
        return now;
    }

    /** A TSC of 2 GHz. */
    @Override
    public long ticks() {
        return now * 2;
    }

    @Override
    public long nanosOf(long ticks) {
        return (ticks + 1) / 2;
    }

    @Override
    public Runnable at(long nanos, Runnable action) {
        Entry entry = new Entry(nanos, order++, action);
        queue.add(entry);
        return () -> queue.remove(entry);
    }

    int armed() {
        return queue.size();
    }

    void advance(long nanos) {
        long until = now + nanos;
        while (!queue.isEmpty() && queue.peek().at <= until) {
            Entry entry = queue.poll();
            now = Math.max(now, entry.at);
            entry.action.run();
        }
        now = until;
    }
}
