package io.paravert.kvm;

import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;

/** Native memory for the arguments of ioctls: one call's at a time, so that its owner is one thread or holds a lock. */
final class Scratch implements AutoCloseable {
    private final HostMapping memory;
    private boolean closed;

    /** @param bytes rounded up to pages */
    Scratch(int bytes) {
        memory = HostMapping.allocate((bytes + HostMapping.PAGE - 1) & -HostMapping.PAGE);
    }

    /** Host address of {@code bytes} zeroed bytes. */
    long zeroed(int bytes) {
        checkOpen();
        if (bytes > memory.size()) {
            throw new IllegalArgumentException(bytes + " bytes of scratch memory; there are " + memory.size());
        }
        RawMemory.fill(memory.address(), bytes, (byte) 0);
        return memory.address();
    }

    /** Host address of the first byte, whatever stands there. */
    long address() {
        checkOpen();
        return memory.address();
    }

    /** The memory is gone then: to write there would end the process. */
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("used after it was closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        memory.close();
    }
}
