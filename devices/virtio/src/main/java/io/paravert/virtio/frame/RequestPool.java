package io.paravert.virtio.frame;

import io.paravert.device.GuestMemoryView;

/** The requests of a queue: made when first needed, at most one more than the queue has entries, then used again. */
final class RequestPool {
    private final ServedQueue queue;
    private final GuestMemoryView memory;
    private final PendingRequest[] free;
    private int count;

    RequestPool(ServedQueue queue, GuestMemoryView memory, int size) {
        this.queue = queue;
        this.memory = memory;
        this.free = new PendingRequest[size + 1];
    }

    PendingRequest take() {
        return count == 0 ? new PendingRequest(queue, memory) : free[--count];
    }

    void give(PendingRequest request) {
        request.enter(PendingRequest.Stage.FREE);
        free[count++] = request;
    }
}
