package io.paravert.vmm.pv;

import io.paravert.abi.PvError;
import io.paravert.vmm.memory.GuestMemory;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ranges of its RAM that one guest lets others map. Any thread. */
final class Grants {
    static final int LIMIT = 256;

    private final GuestMemory memory;
    private final Map<Integer, Grant> grants = new HashMap<>();
    private int last;

    /** A range lent to a peer. */
    static final class Grant {
        final int number;
        final long hostAddress;
        final long bytes;
        final boolean writable;
        private final int peer;
        private int mappings;

        Grant(int number, long hostAddress, long bytes, boolean writable, int peer) {
            this.number = number;
            this.hostAddress = hostAddress;
            this.bytes = bytes;
            this.writable = writable;
            this.peer = peer;
        }
    }

    Grants(GuestMemory memory) {
        this.memory = memory;
    }

    GuestMemory memory() {
        return memory;
    }

    /** The new grant's number, or 0 if there are too many. The range is RAM. */
    synchronized int add(long gpa, long bytes, boolean writable, int peer) {
        if (grants.size() == LIMIT) {
            return 0;
        }
        int number = ++last;
        grants.put(number, new Grant(number, memory.hostAddress(gpa, bytes), bytes, writable, peer));
        return number;
    }

    /** 0 or the error. */
    synchronized int revoke(long number) {
        Grant grant = find(number);
        if (grant == null) {
            return PvError.ENOENT;
        }
        if (grant.mappings > 0) {
            return PvError.EBUSY;
        }
        grants.remove(grant.number);
        return 0;
    }

    /** The grant, with one mapping more, if this peer may map it; otherwise null. */
    synchronized @Nullable Grant use(long number, int peer) {
        Grant grant = find(number);
        if (grant == null || grant.peer != peer) {
            return null;
        }
        grant.mappings++;
        return grant;
    }

    synchronized void giveBack(Grant grant) {
        grant.mappings--;
    }

    private @Nullable Grant find(long number) {
        return number > 0 && number <= last ? grants.get((int) number) : null;
    }
}
