package io.paravert.virtio.mmio;

import io.paravert.device.EventLine;
import io.paravert.virtio.frame.Notifier;

/**
 * InterruptStatus and InterruptACK: the pin is asserted while a bit is set. Set on the device's context, acknowledged on vCPU
 * threads, so that an interrupt handler does not wait for the device.
 */
final class InterruptRegister implements Notifier {
    private static final int USED_BUFFER = 1;
    private static final int CONFIG_CHANGE = 2;

    private final InterruptPin pin;
    private final EventLine events;
    private int status;

    InterruptRegister(InterruptPin pin, EventLine events) {
        this.pin = pin;
        this.events = events;
    }

    @Override
    public void usedBuffers(int queue) {
        raise(USED_BUFFER);
    }

    @Override
    public void configChanged() {
        raise(CONFIG_CHANGE);
    }

    private void raise(int bit) {
        synchronized (this) {
            change(status | bit);
        }
        events.raise();
    }

    @Override
    public synchronized void clear() {
        change(0);
    }

    /** Any thread. */
    synchronized int status() {
        return status;
    }

    /** Any thread. */
    synchronized void acknowledge(int bits) {
        change(status & ~bits);
    }

    /** Under the lock, so that the pin follows the bits and not the luck of two threads. */
    private void change(int next) {
        boolean was = status != 0;
        status = next;
        if (was != (next != 0)) {
            pin.set(next != 0);
        }
    }
}
