package io.paravert.soft.memory;

import io.paravert.vmm.engine.DoorbellEvents;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Places where a guest's store runs a listener and no exit follows. The listener runs on the vCPU's thread, so it must be short; that
 * is what an event source is. Any thread.
 */
public final class Doorbells implements DoorbellEvents {
    private final List<Doorbell> doorbells = new CopyOnWriteArrayList<>();

    private record Doorbell(boolean mmio, long place, int size, Runnable listener) {}

    @Override
    public AutoCloseable listen(boolean mmio, long place, int size, Runnable listener) {
        Doorbell doorbell = new Doorbell(mmio, place, size, listener);
        doorbells.add(doorbell);
        return () -> doorbells.remove(doorbell);
    }

    /** Rings the doorbell there, if there is one. */
    public boolean ring(boolean mmio, long place, int size) {
        for (int i = 0; i < doorbells.size(); i++) {
            Doorbell doorbell = doorbells.get(i);
            if (doorbell.place == place && doorbell.mmio == mmio && doorbell.size == size) {
                doorbell.listener.run();
                return true;
            }
        }
        return false;
    }
}
