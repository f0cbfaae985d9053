package io.paravert.platform.device;

import io.paravert.virtio.mmio.InterruptPin;
import io.paravert.vmm.engine.InterruptLines;
import org.jspecify.annotations.Nullable;

/**
 * The wires between devices and the engine's interrupt controllers. Devices are made before the machine is: levels that are
 * set until {@link #connect} are kept. A line may have several devices; it is high while one of them holds it. Any thread.
 */
public final class InterruptWires {
    /** Inputs of the I/O APIC. */
    public static final int LINES = 24;

    private final int[] holders = new int[LINES];
    private @Nullable InterruptLines lines;

    /** @param gsi global system interrupt, 0 to 23 */
    public InterruptPin pin(int gsi) {
        if (gsi < 0 || gsi >= LINES) {
            throw new IllegalArgumentException("interrupt line " + gsi + ": give 0 to " + (LINES - 1));
        }
        return new Pin(gsi);
    }

    /** Joins them to a machine; what is high already is raised. */
    public synchronized void connect(InterruptLines to) {
        lines = to;
        for (int gsi = 0; gsi < LINES; gsi++) {
            if (holders[gsi] > 0) {
                to.setLine(gsi, true);
            }
        }
    }

    /** Sends a message-signalled interrupt; lost while there is no machine. */
    public void signalMsi(long address, int data) {
        InterruptLines to;
        synchronized (this) {
            to = lines;
        }
        if (to != null) {
            to.signalMsi(address, data);
        }
    }

    private synchronized void change(int gsi, boolean level) {
        int before = holders[gsi];
        holders[gsi] = before + (level ? 1 : -1);
        InterruptLines to = lines;
        if (to != null && (before == 0 || holders[gsi] == 0)) {
            to.setLine(gsi, level);
        }
    }

    /** One device's hold on a line. */
    private final class Pin implements InterruptPin {
        private final int gsi;
        private boolean high;

        Pin(int gsi) {
            this.gsi = gsi;
        }

        @Override
        public void set(boolean level) {
            synchronized (InterruptWires.this) {
                if (high != level) {
                    high = level;
                    change(gsi, level);
                }
            }
        }
    }
}
