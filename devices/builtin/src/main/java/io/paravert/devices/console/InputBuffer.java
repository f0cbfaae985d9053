package io.paravert.devices.console;

import org.jspecify.annotations.Nullable;

/** Input on its way to the guest, bounded. Any thread. */
final class InputBuffer {
    private final byte[] ring;
    private int first;
    private int count;
    private @Nullable Runnable whenRoom;

    InputBuffer(int capacity) {
        ring = new byte[capacity];
    }

    /** Returns how many bytes it took. */
    synchronized int put(byte[] source, int offset, int length) {
        int taken = Math.min(length, ring.length - count);
        for (int i = 0; i < taken; i++) {
            ring[(first + count + i) % ring.length] = source[offset + i];
        }
        count += taken;
        return taken;
    }

    synchronized boolean isEmpty() {
        return count == 0;
    }

    /** Returns how many bytes it gave. */
    int take(byte[] target, int length) {
        Runnable waiting;
        int given;
        synchronized (this) {
            given = Math.min(length, count);
            for (int i = 0; i < given; i++) {
                target[i] = ring[(first + i) % ring.length];
            }
            first = (first + given) % ring.length;
            count -= given;
            waiting = given > 0 ? whenRoom : null;
            if (waiting != null) {
                whenRoom = null;
            }
        }
        if (waiting != null) {
            waiting.run();
        }
        return given;
    }

    void whenRoom(Runnable task) {
        synchronized (this) {
            if (count == ring.length) {
                whenRoom = task;
                return;
            }
        }
        task.run();
    }
}
