package io.paravert.testkit;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * A driver's side of a queue. It does what it is told and checks what the device does: a used buffer that was not offered, or
 * an index that jumps, is an {@link AssertionError}.
 */
public abstract sealed class DriverQueue permits SplitDriverQueue, PackedDriverQueue {
    final TestMemory memory;
    final int size;
    final boolean eventIdx;
    private final MmioDriver driver;
    private final int index;
    /** With IN_ORDER: tickets in the order of their offers. */
    private final Optional<ArrayDeque<Integer>> order;

    DriverQueue(MmioDriver driver, int index, int size) {
        this.driver = driver;
        this.memory = driver.memory();
        this.index = index;
        this.size = size;
        this.eventIdx = driver.has(Feature.EVENT_IDX);
        this.order = driver.has(Feature.IN_ORDER) ? Optional.of(new ArrayDeque<>()) : Optional.empty();
    }

    public abstract RingFormat format();

    public final int index() {
        return index;
    }

    public final int size() {
        return size;
    }

    public final TestMemory memory() {
        return memory;
    }

    /** Where its parts lie. */
    public abstract long descriptorArea();

    public abstract long driverArea();

    public abstract long deviceArea();

    /** Ring descriptors that are free. */
    public abstract int free();

    /** Ring descriptors that a buffer takes. */
    public final int cost(DriverBuffer buffer) {
        return buffer.indirect() ? 1 : buffer.elements().size();
    }

    /**
     * Makes a buffer available; there must be room.
     *
     * @return a number that comes back with it
     */
    public final int offer(DriverBuffer buffer) {
        int ticket;
        if (buffer.indirect()) {
            List<RawDescriptor> table = buffer.descriptors();
            long gpa = memory.allocate((long) RawDescriptor.BYTES * table.size(), RawDescriptor.BYTES);
            writeTable(gpa, table);
            ticket = offerRaw(
                    List.of(new RawDescriptor(gpa, (long) RawDescriptor.BYTES * table.size(), RawDescriptor.INDIRECT)));
        } else {
            ticket = offerRaw(buffer.descriptors());
        }
        order.ifPresent(tickets -> tickets.add(ticket));
        return ticket;
    }

    /** Writes an indirect table. */
    public final void writeTable(long gpa, List<RawDescriptor> table) {
        for (int i = 0; i < table.size(); i++) {
            RawDescriptor entry = table.get(i);
            int next = entry.next() == RawDescriptor.FOLLOWING ? i + 1 : entry.next();
            writeTableEntry(gpa + (long) RawDescriptor.BYTES * i, entry, next);
        }
    }

    abstract void writeTableEntry(long at, RawDescriptor entry, int next);

    /** Makes descriptors available as they stand. */
    public abstract int offerRaw(List<RawDescriptor> descriptors);

    /** Takes a buffer that has come back. */
    public final Optional<Used> poll() {
        Optional<Used> used = take();
        used.ifPresent(u -> order.ifPresent(tickets -> {
            Integer first = tickets.poll();
            if (first == null || first != u.ticket()) {
                throw new AssertionError("with IN_ORDER buffer " + first + " was due, and " + u.ticket() + " came");
            }
        }));
        return used;
    }

    abstract Optional<Used> take();

    /** Whether the device asks to be told of what was offered since the last call. */
    public abstract boolean isKickNeeded();

    /** Whether the driver wants interrupts for every buffer, or for none. */
    public abstract void setInterrupts(boolean wanted);

    /** With EVENT_IDX: wants an interrupt when one more than {@code skip} buffers (split) or descriptors (packed) have come. */
    public abstract void interruptAfter(int skip);

    /** What NotificationData says behind the queue's number. */
    abstract int notificationData();

    /** Notifies the device, needed or not. */
    public final void kick() {
        driver.notifyQueue(index, notificationData());
    }

    /** Waits for a buffer to come back. */
    public final Used await() {
        Used[] got = new Used[1];
        driver.machine().await("a used buffer in queue " + index, () -> {
            Optional<Used> used = poll();
            used.ifPresent(u -> got[0] = u);
            return used.isPresent();
        });
        return got[0];
    }

    /** Offers, notifies if that is asked for, and waits. */
    public final Used exchange(DriverBuffer buffer) {
        int ticket = offer(buffer);
        if (isKickNeeded()) {
            kick();
        }
        Used used = await();
        if (used.ticket() != ticket) {
            throw new AssertionError("buffer " + ticket + " was offered, and " + used.ticket() + " came back");
        }
        return used;
    }

    /** As vring_need_event in virtio 1.2, appendix A. */
    static boolean passes(int event, int now, int old) {
        return (now - event - 1 & 0xffff) < (now - old & 0xffff);
    }
}
