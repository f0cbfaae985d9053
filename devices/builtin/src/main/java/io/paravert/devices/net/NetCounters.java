package io.paravert.devices.net;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What an interface has done since it was made. Any thread. */
public final class NetCounters {
    private final LongAdder sent = new LongAdder();
    private final LongAdder sendDrops = new LongAdder();
    private final LongAdder sendErrors = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder receiveDrops = new LongAdder();
    private final LongAdder filtered = new LongAdder();

    /**
     * Frames by their fate.
     *
     * @param sent taken on by the back end
     * @param sendDrops not sent: the back end had no room, or the link was down
     * @param sendErrors not sent: too short, too long, or asking for an offload that was not offered
     * @param received given to the guest
     * @param receiveDrops not given to the guest: it was too slow, or its buffer was too small
     * @param filtered not given to the guest: it had not asked for that address
     */
    public record Snapshot(
            long sent, long sendDrops, long sendErrors, long received, long receiveDrops, long filtered) {}

    void countSent() {
        sent.increment();
    }

    void countSendDrop() {
        sendDrops.increment();
    }

    void countSendError() {
        sendErrors.increment();
    }

    void countReceived() {
        received.increment();
    }

    void countReceiveDrop() {
        receiveDrops.increment();
    }

    void countFiltered() {
        filtered.increment();
    }

    /** Those that are not 0, by name. */
    Map<String, Long> byName() {
        Snapshot now = snapshot();
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("sent", now.sent());
        all.put("send drops", now.sendDrops());
        all.put("send errors", now.sendErrors());
        all.put("received", now.received());
        all.put("receive drops", now.receiveDrops());
        all.put("filtered", now.filtered());
        all.values().removeIf(count -> count == 0);
        return all;
    }

    public Snapshot snapshot() {
        return new Snapshot(
                sent.sum(), sendDrops.sum(), sendErrors.sum(), received.sum(), receiveDrops.sum(), filtered.sum());
    }
}
