package io.paravert.vmm.engine;

/** The engine's own interrupt controllers (PIC, I/O APIC, local APICs). Any thread. */
public interface InterruptLines {
    /** @param gsi global system interrupt, 0 to 23 */
    void setLine(int gsi, boolean level);

    /** Delivers a message-signalled interrupt: what a device would write, and where. */
    void signalMsi(long address, int data);
}
