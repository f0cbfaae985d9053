package io.paravert.vmm.engine;

/** The engine's own interrupt controllers (PIC, I/O APIC, local APICs). Any thread. */
public interface InterruptLines {
    /** @param gsi global system interrupt, 0 to 23 */
    void setLine(int gsi, boolean level);

    /** Delivers a message-signalled interrupt: what a device would write, and where. */
    void signalMsi(long address, int data);

    /**
     * An edge-triggered interrupt that is raised by one cheap call. Engines that have nothing cheaper raise and lower the line.
     *
     * @param gsi global system interrupt, 0 to 23
     */
    default Pulse openPulse(int gsi) {
        return new Pulse() {
            @Override
            public void raise() {
                setLine(gsi, true);
                setLine(gsi, false);
            }

            @Override
            public void close() {
                // Nothing was opened.
            }
        };
    }

    /** See {@link #openPulse}. Any thread; closing it is idempotent. */
    interface Pulse extends AutoCloseable {
        void raise();

        @Override
        void close();
    }
}
