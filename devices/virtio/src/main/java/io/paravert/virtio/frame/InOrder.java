package io.paravert.virtio.frame;

import org.jspecify.annotations.Nullable;

/** Requests in the order in which they came, for IN_ORDER (virtio 1.2, 2.7.9): one that is done waits for all before it. */
final class InOrder {
    private final @Nullable PendingRequest[] waiting;
    private int first;
    private int count;

    InOrder(int size) {
        waiting = new PendingRequest[size];
    }

    void add(PendingRequest request) {
        waiting[(first + count) % waiting.length] = request;
        count++;
    }

    /** The first one, if it is done; it is taken out. */
    @Nullable PendingRequest pollDone() {
        PendingRequest request = waiting[first];
        if (request == null || request.stage() != PendingRequest.Stage.DONE) {
            return null;
        }
        waiting[first] = null;
        first = (first + 1) % waiting.length;
        count--;
        return request;
    }
}
