package io.paravert.lab;

import java.util.List;

/** A way from the guest's driver to the block device. */
enum IoPath {
    PORT(
            "port I/O",
            "path=0",
            1,
            1,
            "Seven accesses to registers, and each one traps. The vCPU stands still while the monitor looks up who has the"
                    + " port; the command itself goes to the device's thread and the vCPU waits for it."),
    MMIO(
            "MMIO",
            "path=1",
            1,
            1,
            "The same registers in memory that is not there: each access faults, and the host has to decode the"
                    + " instruction to learn what was stored."),
    CALL(
            "hypercall",
            "path=2",
            1,
            1,
            "All arguments travel in registers: one trap for an operation. The vCPU waits until the device's thread has"
                    + " answered."),
    MULTICALL(
            "multicall",
            "path=3",
            32,
            32,
            "Thirty-two calls are written to memory and made by one trap. Each still waits for the device's thread in"
                    + " turn."),
    VIRTIO(
            "virtio, split",
            "path=4",
            1,
            32,
            "Descriptors in shared memory, an index for each direction. The driver notifies by one store, and only when the"
                    + " device asks for it (EVENT_IDX). Where the kernel takes that store (ioeventfd) it traps there and the"
                    + " monitor sees no exit. The device works on its own thread meanwhile."),
    VIRTIO_PACKED(
            "virtio, packed",
            "path=5",
            1,
            32,
            "One ring of descriptors for both directions: an operation touches fewer cache lines. All else is as before."),
    VIRTIO_IN_ORDER(
            "virtio, ordered",
            "path=5 order=1",
            1,
            32,
            "A packed queue whose buffers come back in the order in which they were sent (IN_ORDER): the driver knows the next"
                    + " one without being told. A request that was fast waits behind a slow one."),
    VIRTIO_DATA(
            "virtio, data",
            "path=4 data=1",
            1,
            32,
            "A split queue whose notification also says how far the driver has got (NOTIFICATION_DATA). That helps a device"
                    + " that cannot see the ring. This one can, and where the kernel takes the store its value is lost."),
    VIRTIO_POLLED(
            "virtio, polled",
            "path=4",
            1,
            32,
            "A split queue whose device looks for more, up to 200 us, before it asks to be notified: even one operation at"
                    + " a time rarely traps. Host CPU is the price."),
    RING_DOORBELL(
            "ring, doorbell",
            "path=6 mode=0 page=0",
            1,
            32,
            "Entries in shared memory. The device sleeps when its queue is empty and says so; then, and only then, the guest"
                    + " rings, here by a port: one trap."),
    RING_EVENT(
            "ring, eventfd",
            "path=6 mode=0 page=1",
            1,
            32,
            "The same, rung by a store to the ring's own register, which the kernel takes where it can (ioeventfd): a short"
                    + " trap, and no exit to the monitor."),
    RING_ADAPTIVE(
            "ring, adaptive",
            "path=6 mode=1 page=0",
            1,
            32,
            "The device looks for more for a while before it sleeps, as long as that has lately paid."),
    RING_POLLING(
            "ring, polling",
            "path=6 mode=2 page=0",
            1,
            32,
            "The device never sleeps: the guest writes an entry, another core sees it. Nothing traps. A core is the price.");

    private final String label;
    private final String arguments;
    private final int shallow;
    private final int deep;
    private final String story;

    IoPath(String label, String arguments, int shallow, int deep, String story) {
        this.label = label;
        this.arguments = arguments;
        this.shallow = shallow;
        this.deep = deep;
        this.story = story;
    }

    String label() {
        return label;
    }

    /** What tells the guest which it is; see iolab.c. */
    String arguments() {
        return arguments;
    }

    /** Operations under way at once that it can have. */
    List<Integer> depths() {
        return shallow == deep ? List.of(shallow) : List.of(shallow, deep);
    }

    /** Whether it is one of virtio's variants that are shown with a disk only. */
    boolean isForDisksOnly() {
        return this == VIRTIO_POLLED || this == VIRTIO_IN_ORDER || this == VIRTIO_DATA;
    }

    int deepest() {
        return deep;
    }

    /** What traps, who runs, who copies. */
    String story() {
        return story;
    }
}
