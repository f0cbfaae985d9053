package io.paravert.vmm.bus;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The posted requests of one device that it has not finished: a bounded number, so that a fast guest cannot fill the heap. Any thread. */
final class InFlight {
    /** A power of two. */
    static final int LIMIT = 1024;

    /** Made by the first post: most devices never see one. */
    private volatile @Nullable AtomicReferenceArray<Exchange> slots;

    private final AtomicInteger used = new AtomicInteger();
    private final AtomicInteger hint = new AtomicInteger();

    private AtomicReferenceArray<Exchange> slots() {
        AtomicReferenceArray<Exchange> all = slots;
        return all == null ? make() : all;
    }

    private synchronized AtomicReferenceArray<Exchange> make() {
        AtomicReferenceArray<Exchange> all = slots;
        if (all == null) {
            all = new AtomicReferenceArray<>(LIMIT);
            slots = all;
        }
        return all;
    }

    /** Takes a slot for it; false if all are taken. */
    boolean tryEnter(Exchange exchange) {
        if (used.get() >= LIMIT) {
            return false;
        }
        AtomicReferenceArray<Exchange> all = slots();
        int start = hint.getAndIncrement();
        for (int i = 0; i < LIMIT; i++) {
            int slot = (start + i) & (LIMIT - 1);
            if (all.get(slot) == null) {
                exchange.setSlot(slot);
                if (all.compareAndSet(slot, null, exchange)) {
                    used.incrementAndGet();
                    return true;
                }
            }
        }
        return false;
    }

    /** Frees its slot; false if it was reclaimed before. */
    boolean leave(Exchange exchange) {
        if (!slots().compareAndSet(exchange.slot(), exchange, null)) {
            return false;
        }
        used.decrementAndGet();
        return true;
    }

    /** Takes back the slots of requests sent before a moment, which their device has left unfinished; returns how many. */
    int reclaim(long sentBefore) {
        AtomicReferenceArray<Exchange> all = slots();
        int reclaimed = 0;
        for (int slot = 0; slot < LIMIT; slot++) {
            Exchange exchange = all.get(slot);
            if (exchange != null && exchange.sentAt() - sentBefore < 0 && leave(exchange)) {
                exchange.abandon();
                reclaimed++;
            }
        }
        return reclaimed;
    }

    int count() {
        return used.get();
    }
}
