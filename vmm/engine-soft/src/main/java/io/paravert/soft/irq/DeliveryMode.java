package io.paravert.soft.irq;

/** Delivery modes, in the order of their encodings (AMD APM vol. 2, 16.5). */
public enum DeliveryMode {
    FIXED,
    LOWEST_PRIORITY,
    SMI,
    RESERVED,
    NMI,
    INIT,
    STARTUP,
    EXTINT;

    private static final DeliveryMode[] ALL = values();

    /** @param bits the three bits of an LVT, ICR, MSI or redirection entry, not yet shifted down */
    static DeliveryMode of(int bits) {
        return ALL[bits >>> 8 & 7];
    }
}
