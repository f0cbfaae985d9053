package io.paravert.lab;

import java.util.List;

/** A way from the guest's driver to the block device; numbers are those of iolab.h. */
enum IoPath {
    PORT(
            "port I/O",
            0,
            1,
            1,
            "Seven accesses to registers, and each one traps. The vCPU stands still while the monitor looks up who has the"
                    + " port; the command itself goes to the device's thread and the vCPU waits for it."),
    MMIO(
            "MMIO",
            1,
            1,
            1,
            "The same registers in memory that is not there: each access faults, and the host has to decode the"
                    + " instruction to learn what was stored."),
    CALL(
            "hypercall",
            2,
            1,
            1,
            "All arguments travel in registers: one trap for an operation. The vCPU waits until the device's thread has"
                    + " answered."),
    MULTICALL(
            "multicall",
            3,
            32,
            32,
            "Thirty-two calls are written to memory and made by one trap. Each still waits for the device's thread in"
                    + " turn."),
    VIRTIO(
            "virtio-blk",
            4,
            1,
            32,
            "Descriptors in shared memory. The driver notifies by one trap, and only when the device asks for it"
                    + " (EVENT_IDX); the device works on its own thread meanwhile."),
    RING_DOORBELL(
            "ring, doorbell",
            5,
            1,
            32,
            "Entries in shared memory. The device sleeps when its queue is empty and says so; then, and only then, the guest"
                    + " rings by one trap."),
    RING_ADAPTIVE(
            "ring, adaptive",
            6,
            1,
            32,
            "As before, but the device looks for more for a while before it sleeps, as long as that has lately paid."),
    RING_POLLING(
            "ring, polling",
            7,
            1,
            32,
            "The device never sleeps: the guest writes an entry, another core sees it. Nothing traps. A core is the price.");

    private final String label;
    private final int number;
    private final int shallow;
    private final int deep;
    private final String story;

    IoPath(String label, int number, int shallow, int deep, String story) {
        this.label = label;
        this.number = number;
        this.shallow = shallow;
        this.deep = deep;
        this.story = story;
    }

    String label() {
        return label;
    }

    int number() {
        return number;
    }

    /** Operations under way at once that it can have. */
    List<Integer> depths() {
        return shallow == deep ? List.of(shallow) : List.of(shallow, deep);
    }

    /** What traps, who runs, who copies. */
    String story() {
        return story;
    }
}
