package io.paravert.soft.memory;

import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.soft.state.Unwind;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.VcpuExit;

/**
 * Device accesses of the instruction under way. An instruction that meets a device cannot wait for the monitor in the middle, so
 * it unwinds, leaves with its first access, and is run again from its beginning when the monitor has served that. The second
 * time the first access is answered from here, the next one unwinds, and so on until the instruction completes. What an
 * instruction does between its accesses is the same each time, since the registers are.
 *
 * <pre>
 *   empty --access--> waiting --(exit; monitor serves)--> served --run again--> answered ... --retire--> empty
 * </pre>
 *
 * vCPU thread only.
 */
public final class AccessLog implements AutoCloseable {
    /** Bytes that one exit can carry. */
    public static final int BUFFER_BYTES = 4096;

    /** An XRSTOR or a task switch from device space makes more accesses than any other instruction, about 110. */
    private static final int CAPACITY = 256;

    private final HostMapping buffer = HostMapping.allocate(BUFFER_BYTES);
    private final long[] answers = new long[CAPACITY];
    private int served;
    private int answered;

    private boolean waiting;
    private boolean port;
    private boolean write;
    private long place;
    private int size;
    private int count;

    /** Host address of the data of the access that waits or was served last. */
    public long data() {
        return buffer.address();
    }

    public boolean isWaiting() {
        return waiting;
    }

    /** Repetitions of the access that waits or was served last. */
    public int count() {
        return count;
    }

    /** True if the instruction at RIP has been run in part. */
    public boolean isOpen() {
        return served != 0;
    }

    /** Value of a load of {@code bytes} (1 to 8) from device space, zero-extended, or unwinds. */
    long loadMmio(long gpa, int bytes) {
        return answered < served ? answers[answered++] : ask(false, false, gpa, bytes, 1);
    }

    void storeMmio(long gpa, int bytes, long value) {
        if (answered < served) {
            answered++;
            return;
        }
        RawMemory.putLong(data(), value);
        ask(false, true, gpa, bytes, 1);
    }

    /** Value of one IN, zero-extended, or unwinds. */
    public long in(int portNumber, int bytes) {
        return answered < served ? answers[answered++] : ask(true, false, portNumber, bytes, 1);
    }

    /** {@code times} IN from one port, whose data lie at {@link #data}; or unwinds. */
    public void inString(int portNumber, int bytes, int times) {
        if (answered < served) {
            answered++;
            return;
        }
        ask(true, false, portNumber, bytes, times);
    }

    /** {@code times} OUT of what lies at {@link #data}; returns when the monitor has taken it, or unwinds. */
    public void out(int portNumber, int bytes, int times) {
        if (answered < served) {
            answered++;
            return;
        }
        ask(true, true, portNumber, bytes, times);
    }

    private long ask(boolean toPort, boolean isWrite, long where, int bytes, int times) {
        if (served == CAPACITY) {
            throw new IllegalStateException("one instruction makes more than " + CAPACITY + " device accesses");
        }
        MemoryOrder.drain();
        waiting = true;
        port = toPort;
        write = isWrite;
        place = where;
        size = bytes;
        count = times;
        throw Unwind.DEVICE_ACCESS;
    }

    /** Fills in the exit for the access that waits. */
    public ExitReason fill(VcpuExit exit) {
        return port
                ? exit.setPortAccess(write, (int) place, size, count, data())
                : exit.setMmioAccess(write, place, size, data());
    }

    /** The monitor has served the access that waited. */
    public void serve() {
        if (waiting) {
            waiting = false;
            answers[served++] = RawMemory.getLong(data()) & -1L >>> 64 - 8 * size;
            answered = 0;
        }
    }

    /** The instruction begins anew. */
    public void rewind() {
        answered = 0;
    }

    /** The instruction, or one iteration of a repeated one, has completed or faulted. */
    public void retire() {
        served = 0;
        answered = 0;
    }

    @Override
    public void close() {
        buffer.close();
    }
}
