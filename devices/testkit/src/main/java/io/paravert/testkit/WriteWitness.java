package io.paravert.testkit;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Holds a device to what it was told, byte by byte: it may write its own parts of the rings, what a descriptor that it has read
 * gives it to write, and pages that it gives back to the host. A descriptor counts as read when its address is: so the driver
 * may change it afterwards.
 */
final class WriteWitness {
    /** Offsets of a descriptor's length, and of the two places where its flags can be: 2.7.5 and 2.8.13. */
    private static final int LENGTH_AT = 8;

    private static final int SPLIT_FLAGS_AT = 12;
    private static final int PACKED_FLAGS_AT = 14;

    private final TestMemory memory;
    private final BitSet allowed = new BitSet();
    private final byte[] before;

    /** Watches from now on. */
    WriteWitness(TestMemory memory, boolean givesPagesBack) {
        this.memory = memory;
        this.before = new byte[memory.size()];
        memory.watchLongReads(this::readAt);
        if (givesPagesBack) {
            memory.watchDiscards(this::allow);
        }
    }

    /** The device may write there, as far as that is memory. */
    synchronized void allow(long gpa, long bytes) {
        if (gpa >= 0 && gpa < memory.size() && bytes > 0) {
            allowed.set((int) gpa, (int) Math.min(memory.size(), gpa + bytes));
        }
    }

    /** The device may write its parts of a queue. */
    void allow(RingFormat format, int size, long descriptorArea, long deviceArea) {
        if (format == RingFormat.PACKED) {
            allow(descriptorArea, 16L * size);
            allow(deviceArea, 4);
        } else {
            allow(deviceArea, 6 + 8L * size);
        }
    }

    private void readAt(long gpa) {
        if (gpa + RawDescriptor.BYTES > memory.size()) {
            return;
        }
        ByteBuffer bytes = memory.peek();
        int at = (int) gpa;
        int flags = bytes.getShort(at + SPLIT_FLAGS_AT) | bytes.getShort(at + PACKED_FLAGS_AT);
        if ((flags & RawDescriptor.WRITE) != 0) {
            allow(bytes.getLong(at), bytes.getInt(at + LENGTH_AT) & 0xffff_ffffL);
        }
    }

    /** Watches no more. */
    void end() {
        memory.watchLongReads(gpa -> {});
        memory.watchDiscards((gpa, bytes) -> {});
    }

    /** The driver has written what it will; what changes from here on the device has written. */
    synchronized void begin() {
        memory.peek().get(0, before);
    }

    /** @throws AssertionError if something has changed since {@link #begin} that the device was not given */
    synchronized void check(String when) {
        ByteBuffer old = ByteBuffer.wrap(before);
        ByteBuffer now = memory.peek();
        int from = 0;
        for (int same = old.mismatch(now); same >= 0; ) {
            int at = from + same;
            if (!allowed.get(at)) {
                throw new AssertionError("the device wrote to 0x" + Integer.toHexString(at)
                        + ", which it was not given to write: " + when);
            }
            from = at + 1;
            same = old.position(from).slice().mismatch(now.position(from).slice());
        }
        begin();
    }
}
