package io.paravert.soft.memory;

import io.paravert.vmm.engine.DirtyLog;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The dirty log: a page of a logged mapping is marked in {@link GuestPhysical} until it is written, by a vCPU's instruction, by a walk
 * that sets an accessed or dirty bit, or by a device. Marks are set while the {@link BusLock} keeps all vCPUs still, and each
 * drops its translations before it runs on: so no store between two looks is missed, and none is reported twice. Any thread but one that runs guest code.
 */
public final class PageLog implements DirtyLog {
    private final MachineMemory memory;
    private final Runnable flush;
    /** Bytes of the mappings that are logged, by where they begin. */
    private final Map<Long, Long> logged = new HashMap<>();

    /** @param flush tells all vCPUs to drop their translations */
    public PageLog(MachineMemory memory, Runnable flush) {
        this.memory = memory;
        this.flush = flush;
    }

    @Override
    public synchronized void setEnabled(long gpa, boolean enabled) {
        long bytes = mapping(gpa);
        if (enabled) {
            logged.put(gpa, bytes);
        } else {
            logged.remove(gpa);
        }
        memory.busLock().whileLocked(() -> {
            memory.physical().setLogged(gpa, bytes, enabled);
            flush.run();
        });
    }

    @Override
    public synchronized BitSet collect(long gpa) {
        long bytes = mapping(gpa);
        if (!logged.containsKey(gpa)) {
            throw new IllegalStateException(
                    "the mapping at 0x" + Long.toHexString(gpa) + " is not logged; enable that first");
        }
        BitSet written = new BitSet();
        memory.busLock().whileLocked(() -> {
            written.or(memory.physical().collectWritten(gpa, bytes));
            if (!written.isEmpty()) {
                flush.run();
            }
        });
        return written;
    }

    /** The mapping is no more. */
    public synchronized void forget(long gpa) {
        logged.remove(gpa);
    }

    private long mapping(long gpa) {
        long bytes = memory.physical().mappedAt(gpa);
        if (bytes == 0) {
            throw new IllegalArgumentException("no guest memory begins at 0x" + Long.toHexString(gpa));
        }
        return bytes;
    }
}
