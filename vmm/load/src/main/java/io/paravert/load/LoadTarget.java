package io.paravert.load;

import io.paravert.device.Device;
import io.paravert.guest.PvAssembler;

/** What is put under load: a device, and how a guest asks it for one thing. Called on the thread that builds the guests. */
public interface LoadTarget {
    /** Number of the device under load, as calls that name a device give it. */
    int DEVICE = 2;

    /** One line, for the report. */
    String describe();

    /** A new device for each guest. */
    Device device();

    /** Emits code that runs once, before the first operation. */
    default void setUp(PvAssembler guest) {}

    /**
     * Emits one operation; 64-bit code at CPL 0 that may use all registers but R12-R15. It leaves its result in RAX: negative
     * for an operation that failed.
     */
    void operation(PvAssembler guest);
}
