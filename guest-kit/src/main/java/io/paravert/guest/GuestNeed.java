package io.paravert.guest;

/** Something that not every engine can do for a guest, by the name under which engines report it. */
public enum GuestNeed {
    /** Paging in 32-bit protected mode (Intel SDM vol. 3, 4.3). */
    PAGING_32("32-bit paging");

    private final String fact;

    GuestNeed(String fact) {
        this.fact = fact;
    }

    /** Name of the fact in an engine's report. */
    public String fact() {
        return fact;
    }
}
