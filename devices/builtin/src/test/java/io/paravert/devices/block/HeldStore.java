package io.paravert.devices.block;

import io.paravert.devices.path.IoRequest;
import java.util.ArrayDeque;
import java.util.Queue;

/** A store that is slow: it begins requests, and finishes them when the test says so. On the device's context. */
final class HeldStore implements BlockStore {
    private final MemoryStore store;
    private final Queue<IoRequest> waiting = new ArrayDeque<>();

    HeldStore(long bytes) {
        store = new MemoryStore(bytes);
    }

    @Override
    public long sectors() {
        return store.sectors();
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void begin(IoRequest request) {
        waiting.add(request);
    }

    int waiting() {
        return waiting.size();
    }

    /** Does what came first, and finishes it. */
    void finish() {
        store.begin(waiting.remove());
    }

    /** Finishes what came first without doing it. */
    void fail(int error) {
        waiting.remove().complete(-error);
    }
}
