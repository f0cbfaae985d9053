package io.paravert.load;

import io.paravert.device.Device;
import io.paravert.guest.PvAssembler;
import java.time.Duration;
import java.util.Optional;

/** What is put under load: a device, and how a guest asks it for one thing. Called on the thread that builds the guests. */
public interface LoadTarget {
    /** Number of the device under load, as calls that name a device give it. */
    int DEVICE = 2;

    /** One line, for the report. */
    String describe();

    /** A new device for each guest. */
    Device device();

    /**
     * A new device for a guest, some of whose requests go wrong.
     *
     * @param deadline when a request that is dropped fails
     * @param guest whose sequence of faults it has
     */
    default Device device(Faults faults, Duration deadline, int guest) {
        return faults.isNone() ? device() : new FaultyDevice(device(), faults, guest);
    }

    /** Emits code that runs once, before the first operation. */
    default void setUp(PvAssembler guest) {}

    /**
     * Emits one operation; 64-bit code at CPL 0 that may use all registers but R12-R15. It leaves its result in RAX: negative
     * for an operation that failed. Not called if there is a {@link #queue}.
     */
    void operation(PvAssembler guest);

    /** How a guest has several operations under way at once, if it can. Called once for each guest program. */
    default Optional<Queue> queue(PvAssembler guest) {
        return Optional.empty();
    }

    /** Several operations at once, each with a tag; what it emits may use all registers but RBX, RBP and R12-R15. */
    interface Queue {
        /** Operations that may be under way, 1 to {@link io.paravert.guest.driver.QueueDriver#MOST}; tags lie below. */
        int depth();

        /** Emits the set-up, and what binds an event channel to completions: its number, or an error, in RAX. May use RBX. */
        void begin();

        /** Emits the beginning of the operation whose tag is in ECX. */
        void submit();

        /** Emits a look for one that has ended: its tag in RAX and its result in RDX, or -1 in RAX. */
        void take();

        /** Emits the wish for an event at the next completion; not 0 in RAX if one is there already. */
        void arm();
    }
}
