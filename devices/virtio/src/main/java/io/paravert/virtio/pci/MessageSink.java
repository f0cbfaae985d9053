package io.paravert.virtio.pci;

/** Takes message-signalled interrupts to the machine's local APICs. Any thread. */
@FunctionalInterface
public interface MessageSink {
    /** @param address where a device would write {@code data} */
    void signal(long address, int data);
}
