package io.paravert.soft.irq;

/** The processor's pins, as a local APIC drives them. Any thread; must not call back into the APIC. */
public interface InterruptSink {
    /** Something may have become deliverable: the vCPU should look ({@link LocalApic#pendingVector}). */
    void wake();

    void nmi();

    /** INIT: the vCPU resets and waits for SIPI. */
    void init();

    /** @param vector the start page, 0 to 255: real mode at {@code vector << 12} */
    void startup(int vector);
}
