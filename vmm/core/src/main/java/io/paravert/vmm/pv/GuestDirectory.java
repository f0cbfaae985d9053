package io.paravert.vmm.pv;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The guests that can name each other, by number. One for a process unless its owner wants worlds apart. Any thread. */
public final class GuestDirectory {
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Integer, Guest> guests = new ConcurrentHashMap<>();

    /** What a guest's peers reach of it. */
    record Guest(EventChannels channels, Grants grants) {}

    /** Numbers from 1; none is used again. */
    int nextNumber() {
        return last.incrementAndGet();
    }

    void enter(int number, Guest guest) {
        guests.put(number, guest);
    }

    void leave(int number) {
        guests.remove(number);
    }

    @Nullable Guest find(int number) {
        return guests.get(number);
    }
}
