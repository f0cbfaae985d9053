package io.paravert.platform.boot;

import io.paravert.vmm.BootFacts;
import io.paravert.vmm.memory.GuestMemory;

/** Puts the tables into memory that a PC's firmware leaves there. */
@FunctionalInterface
public interface Firmware {
    /** For kernels that look for no tables. */
    Firmware NONE = (memory, facts) -> 0;

    /**
     * Writes the tables, between 0xe0000 and 1 MiB.
     *
     * @return where the ACPI root pointer lies; 0 if there is none
     */
    long write(GuestMemory memory, BootFacts facts);
}
