package io.paravert.devices.block;

import org.jspecify.annotations.Nullable;

/**
 * Threads that block in the kernel for one file, and the transfers that wait for them, in order. Made when first needed; daemons.
 * The list is linked through the transfers themselves, so that to hand one over costs no garbage.
 */
final class FileWorkers {
    private static final int THREADS = 4;

    private final String name;
    private @Nullable Transfer first;
    private @Nullable Transfer last;
    private int threads;
    /** Threads that wait, without those that were woken. */
    private int idle;

    private boolean closed;

    FileWorkers(String name) {
        this.name = name;
    }

    /** Any thread. */
    synchronized void execute(Transfer transfer) {
        Transfer before = last;
        if (before == null) {
            first = transfer;
        } else {
            before.next = transfer;
        }
        last = transfer;
        if (idle > 0) {
            idle--;
            notify();
        } else if (threads < THREADS) {
            threads++;
            Thread thread = new Thread(this::work, name);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void work() {
        for (Transfer transfer = take(); transfer != null; transfer = take()) {
            transfer.work();
        }
    }

    /** Null when it is closed. */
    private synchronized @Nullable Transfer take() {
        try {
            while (first == null && !closed) {
                idle++;
                wait();
            }
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt these threads; one that was gives way to a new one.
            threads--;
            return null;
        }
        Transfer taken = first;
        if (taken != null) {
            first = taken.next;
            if (first == null) {
                last = null;
            }
            taken.next = null;
        }
        return taken;
    }

    /** Ends the threads; nothing is under way. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
