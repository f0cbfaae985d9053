package io.paravert.soft;

/**
 * Time by instructions, for a machine of one vCPU: one nanosecond each, and sleep lasts until the next alarm. With random numbers and
 * wall-clock time that always begin alike, and regions compiled where they are asked for, a guest that nobody outside the
 * engine interrupts runs the same way every time.
 */
interface Meter {
    /** System property: {@code instructions}, or {@code host}, which is the default. */
    String PROPERTY = "paravert.soft.time";

    /** The machine moves on as it runs. */
    Meter PLAIN = SoftMachine::advance;

    /**
     * Called on the vCPU's thread between blocks, regions and deliveries, the processor's state being whole.
     *
     * @param machine to be {@link SoftMachine#advance}d, now or at a later call
     * @param instructions that the vCPU has run in all
     */
    void passed(SoftMachine machine, long instructions);

    static boolean isWanted() {
        return "instructions".equals(System.getProperty(PROPERTY));
    }
}
