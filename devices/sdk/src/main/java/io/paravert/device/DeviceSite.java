package io.paravert.device;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;

/** Where a device stands in one virtual machine. Claims are made in {@link Device#attach} only. */
public interface DeviceSite {
    /** Name of this instance, unique in its VM, such as "block0"; logs and bus addresses carry it. */
    String name();

    /** Number of this device, as the guest's calls take it. */
    int number();

    /** Number by which other guests of this process name this one; 0 where there are no others. */
    default int guestNumber() {
        return 0;
    }

    Vertx vertx();

    GuestMemoryView memory();

    /** @throws ClaimException if the range is empty, out of bounds, or taken */
    void claimPorts(int first, int count, InlineAccessHandler handler);

    /** @param delivery {@link Delivery#CALL} or {@link Delivery#POST} */
    void claimPorts(int first, int count, Delivery delivery, AccessHandler handler);

    void claimMmio(long gpa, long length, InlineAccessHandler handler);

    void claimMmio(long gpa, long length, Delivery delivery, AccessHandler handler);

    /**
     * Claims four bytes of MMIO to which the guest stores only to wake the device. The vCPU goes straight on; where the engine
     * can take such stores itself (ioeventfd on KVM) they cause no exit, may be merged, and lose their value.
     *
     * @param gpa a multiple of 4
     * @param narrowest bytes of the least store that counts, 2 or 4; the widest has 4
     * @param stored called on the device's context with the value of such a store to the first byte that came by an exit
     * @param merged called there after one or more stores whose values are lost, and now and then after none
     */
    default void claimDoorbell(long gpa, int narrowest, LongConsumer stored, Runnable merged) {
        claimMmio(gpa, Integer.BYTES, Delivery.POST, access -> {
            if (access.write() && access.offset() == 0 && access.size() >= narrowest) {
                stored.accept(access.value());
            }
            return Future.succeededFuture(0L);
        });
    }

    /**
     * Moves this device's claims of MMIO within a range to another, all or none: as a PCI function's BAR is moved by its guest.
     * Once the device is attached; any thread.
     *
     * @param from the claims lie in {@code [from, from + length)}
     * @param to where {@code from} becomes; below 2^52
     * @throws ClaimException if the place is not free
     */
    default void moveMmio(long from, long length, long to) {
        throw new ClaimException(name() + " moves its claims, which this machine cannot do");
    }

    /**
     * Puts memory of the host's into the guest's address space, beside its RAM, from the machine's beginning to its end.
     *
     * @param gpa a multiple of 4096, where there is no other memory
     * @param bytes a positive multiple of 4096
     * @param hostAddress of its first byte; the memory must stay until {@code released} has been run
     * @param released run once, when nothing of the machine can touch the memory any more; any thread
     * @throws ClaimException if there is other memory, or the guest runs already
     */
    default void mapMemory(long gpa, long bytes, long hostAddress, Runnable released) {
        throw new ClaimException(name() + " has memory of its own, which this machine cannot map");
    }

    /** Plugins' own numbers lie in the plugin range of the ABI. */
    void claimHypercalls(int first, int count, InlineHypercallHandler handler);

    void claimHypercalls(int first, int count, Delivery delivery, HypercallHandler handler);

    /**
     * Serves the calls of the ABI that name a device (BLOCK_SUBMIT, NET_SEND, NET_RECV) when they name this one. What it
     * does not understand it answers with -ENOTTY.
     *
     * @throws ClaimException if this device serves them already
     */
    void serveDeviceCalls(HypercallHandler handler);

    /** As the other, on the vCPU's thread. */
    void serveDeviceCalls(InlineHypercallHandler handler);

    /**
     * Serves shared-memory rings that the guest sets up for this device.
     *
     * @throws ClaimException if this device serves them already
     */
    void serveRings(RingService service);

    /**
     * An event by which the device can notify the guest.
     *
     * @param event number of the event, 0 for the usual one (input waits, configuration changed)
     */
    EventLine eventLine(int event);

    /**
     * Called on the device's context when the guest signals a channel that is bound to one of the device's events. Signals
     * that come while one waits are merged.
     */
    void onEvent(IntConsumer handler);
}
