package io.paravert.devices.window;

import io.paravert.memory.HostMapping;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * A block of memory with two sides, one for each guest. Any thread.
 *
 * <p>Life: made when the first side enters, zeroed; a side that leaves makes room for another, which finds what is there; gone
 * when no machine can touch it any more.
 */
final class SharedWindow {
    /** Sides that a window has. */
    static final int SIDES = 2;

    private static final ConcurrentMap<String, SharedWindow> NAMED = new ConcurrentHashMap<>();

    private final String name;
    private final long bytes;
    private final HostMapping memory;
    private final @Nullable Side[] sides = new Side[SIDES];
    /** Machines that may still touch the memory. */
    private int holders;

    private SharedWindow(String name, long bytes) {
        this.name = name;
        this.bytes = bytes;
        this.memory = HostMapping.allocate(bytes);
    }

    /** What one side tells the other. */
    interface Side {
        /** The other side rings. */
        void rung();

        /**
         * The other side has come or gone.
         *
         * @param guest its guest number, 0 when there is none
         */
        void peerChanged(int guest);

        /** Number of its guest. */
        int guest();
    }

    /**
     * Enters the window of a name; it is made if it is not there.
     *
     * @throws IllegalArgumentException if it has another size, or two sides already: one line
     */
    static SharedWindow enter(String name, long bytes, Side side) {
        SharedWindow entered = NAMED.compute(name, (key, existing) -> {
            SharedWindow window = existing == null ? new SharedWindow(name, bytes) : existing;
            window.add(bytes, side);
            return window;
        });
        entered.tellOthers(side, side.guest());
        return entered;
    }

    private synchronized void add(long wanted, Side side) {
        if (wanted != bytes) {
            throw new IllegalArgumentException("window " + name + " has " + bytes / 1024 + " KiB already, not "
                    + wanted / 1024 + ": give both sides the same size-kib");
        }
        for (int i = 0; i < SIDES; i++) {
            if (sides[i] == null) {
                sides[i] = side;
                holders++;
                return;
            }
        }
        throw new IllegalArgumentException("window " + name + " has two sides already: give another name");
    }

    long address() {
        return memory.address();
    }

    private synchronized @Nullable Side other(Side side) {
        for (Side each : sides) {
            if (each != null && each != side) {
                return each;
            }
        }
        return null;
    }

    /** Number of the other side's guest, 0 when there is none. */
    int peerOf(Side side) {
        Side other = other(side);
        return other == null ? 0 : other.guest();
    }

    void ring(Side from) {
        Side other = other(from);
        if (other != null) {
            other.rung();
        }
    }

    private void tellOthers(Side side, int guest) {
        Side other = other(side);
        if (other != null) {
            other.peerChanged(guest);
        }
    }

    /** A side has left: it is told nothing more. Its machine may still touch the memory. */
    void leave(Side side) {
        synchronized (this) {
            for (int i = 0; i < SIDES; i++) {
                if (sides[i] == side) {
                    sides[i] = null;
                }
            }
        }
        tellOthers(side, 0);
    }

    /** A machine can touch the memory no more. The last one takes the window with it. */
    void release() {
        NAMED.compute(name, (key, current) -> {
            synchronized (this) {
                holders--;
                if (holders > 0) {
                    return current;
                }
                memory.close();
                return current == this ? null : current;
            }
        });
    }
}
