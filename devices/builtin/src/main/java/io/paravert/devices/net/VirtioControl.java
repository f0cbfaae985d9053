package io.paravert.devices.net;

import io.paravert.device.GuestBuffer;
import io.paravert.virtio.Request;
import io.paravert.virtio.queue.QueueException;
import io.vertx.core.Future;
import java.util.function.LongConsumer;

/** Serves the control queue, virtio 1.2, 5.1.6.5: a class, a command and its data; the answer is one byte. */
final class VirtioControl {
    private static final int OK = 0;
    private static final int ERR = 1;
    /** Class and command. */
    private static final int HEADER = 2;
    /** A number of entries before each table of addresses. */
    private static final int COUNT = Integer.BYTES;

    /** Classes and commands. */
    private static final class Command {
        static final int RX = 0;
        static final int MAC = 1;
        static final int MAC_TABLE_SET = 0;
        static final int MAC_ADDR_SET = 1;
    }

    private final ReceiveFilter filter;
    private final LongConsumer addressSet;

    /** @param addressSet is told of a new address of the interface */
    VirtioControl(ReceiveFilter filter, LongConsumer addressSet) {
        this.filter = filter;
        this.addressSet = addressSet;
    }

    Future<Void> handle(Request request) {
        GuestBuffer in = request.readable();
        if (request.writable().length() == 0) {
            return Future.failedFuture(new QueueException("a control command without room for its answer"));
        }
        boolean done = in.length() >= HEADER && execute(in, in.getUnsignedByte(0), in.getUnsignedByte(1));
        request.writable().putByte(0, done ? OK : ERR);
        request.setWritten(1);
        return Future.succeededFuture();
    }

    private boolean execute(GuestBuffer in, int group, int command) {
        if (group == Command.RX && command <= ReceiveFilter.NOBCAST && in.length() == HEADER + 1) {
            filter.setMode(command, in.getByte(HEADER) != 0);
            return true;
        }
        if (group == Command.MAC && command == Command.MAC_TABLE_SET) {
            return setTables(in);
        }
        if (group == Command.MAC && command == Command.MAC_ADDR_SET && in.length() == HEADER + MacAddress.BYTES) {
            addressSet.accept(address(in, HEADER));
            return true;
        }
        return false;
    }

    /** Both tables or none: all is read once, and checked before anything is changed. */
    private boolean setTables(GuestBuffer in) {
        long counts = HEADER;
        long unicast = table(in, counts);
        if (unicast < 0) {
            return false;
        }
        long next = counts + COUNT + unicast * MacAddress.BYTES;
        long multicast = table(in, next);
        if (multicast < 0 || next + COUNT + multicast * MacAddress.BYTES != in.length()) {
            return false;
        }
        read(in, counts + COUNT, unicast, filter.unicast());
        read(in, next + COUNT, multicast, filter.multicast());
        return true;
    }

    /** Entries of the table at an offset; negative if it does not fit into the command. */
    private static long table(GuestBuffer in, long at) {
        if (at > in.length() - COUNT) {
            return -1;
        }
        long entries = in.getInt(at) & 0xffff_ffffL;
        return entries * MacAddress.BYTES <= in.length() - at - COUNT ? entries : -1;
    }

    private static void read(GuestBuffer in, long at, long entries, ReceiveFilter.Table table) {
        table.clear();
        // One more than there is room for says that there are too many.
        for (int i = 0; i < Math.min(entries, ReceiveFilter.TABLE + 1); i++) {
            table.add(address(in, at + (long) i * MacAddress.BYTES));
        }
    }

    private static long address(GuestBuffer in, long at) {
        long mac = 0;
        for (int i = 0; i < MacAddress.BYTES; i++) {
            mac |= (long) in.getUnsignedByte(at + i) << Byte.SIZE * i;
        }
        return mac;
    }
}
