package io.paravert.virtio.pci;

import io.paravert.device.EventLine;
import io.paravert.virtio.frame.Notifier;
import io.paravert.virtio.mmio.InterruptPin;
import java.util.Arrays;

/**
 * How a function notifies its driver (virtio 1.2, 4.1.5.1.2 to 4.1.5.1.4): by MSI-X, each queue by its own vector, or else by
 * the ISR status and the pin, which reading the status takes back. Any thread.
 */
final class PciInterrupts implements Notifier {
    private static final int USED_BUFFER = 1;
    private static final int CONFIG_CHANGE = 2;

    private final MsixTable msix;
    private final InterruptPin pin;
    private final EventLine events;
    private final int[] queueVectors;
    private int configVector = MsixTable.NO_VECTOR;
    private int status;

    PciInterrupts(MsixTable msix, int queues, InterruptPin pin, EventLine events) {
        this.msix = msix;
        this.pin = pin;
        this.events = events;
        this.queueVectors = new int[queues];
        Arrays.fill(queueVectors, MsixTable.NO_VECTOR);
    }

    @Override
    public void usedBuffers(int queue) {
        raise(USED_BUFFER, queueVector(queue));
    }

    @Override
    public void configChanged() {
        raise(CONFIG_CHANGE, configVector());
    }

    private void raise(int bit, int vector) {
        if (msix.isEnabled()) {
            msix.raise(vector);
        } else {
            synchronized (this) {
                status |= bit;
                pin.set(true);
            }
        }
        events.raise();
    }

    /** Reading takes all bits back. */
    synchronized int takeStatus() {
        int taken = status;
        status = 0;
        pin.set(false);
        return taken;
    }

    /** A reset of the device: its vectors are forgotten, too (4.1.5.1.2.1). */
    @Override
    public synchronized void clear() {
        takeStatus();
        msix.clear();
        configVector = MsixTable.NO_VECTOR;
        Arrays.fill(queueVectors, MsixTable.NO_VECTOR);
    }

    synchronized int configVector() {
        return configVector;
    }

    synchronized void setConfigVector(int vector) {
        configVector = known(vector);
    }

    synchronized int queueVector(int queue) {
        return queue < queueVectors.length ? queueVectors[queue] : MsixTable.NO_VECTOR;
    }

    synchronized void setQueueVector(int queue, int vector) {
        if (queue < queueVectors.length) {
            queueVectors[queue] = known(vector);
        }
    }

    /** A vector that is not there reads back as none: so the driver sees the failure. */
    private int known(int vector) {
        return vector < msix.vectors() ? vector : MsixTable.NO_VECTOR;
    }
}
