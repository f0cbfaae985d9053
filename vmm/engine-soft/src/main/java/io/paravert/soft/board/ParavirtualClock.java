package io.paravert.soft.board;

import io.paravert.memory.RawMemory;
import io.paravert.soft.memory.GuestPhysical;
import io.paravert.soft.state.ModelSpecific;

/**
 * KVM's para-virtual clock as its guests know it (Linux, Documentation/virt/kvm/x86/msr.rst): structures in guest memory from
 * which a guest makes the time out of its TSC. vCPU thread only.
 *
 * <pre>
 * vCPU time  0 version (odd while written)   8 TSC then   16 machine time then, ns
 *           24 multiplier, 2^-32            28 shift      29 flags: 1, TSC even on all vCPUs
 * wall clock 0 version   4 seconds   8 nanoseconds, when machine time was 0
 * </pre>
 */
final class ParavirtualClock {
    private static final int WALL_OLD = 0x11;
    private static final int TIME_OLD = 0x12;
    private static final int WALL = 0x4b56_4d00;
    private static final int TIME = 0x4b56_4d01;
    private static final int TIME_BYTES = 32;
    private static final int WALL_BYTES = 12;
    private static final long ENABLED = 1;
    private static final long NANOS = 1_000_000_000L;
    /** Shifted left by one and times one half: one nanosecond a tick. */
    private static final int MULTIPLIER = 0x8000_0000;

    private static final int SHIFT_AND_STABLE = 1 | 1 << 8;

    private final Board board;
    private final ModelSpecific msr;
    private long wall;
    private long time;
    private int version;

    ParavirtualClock(Board board, ModelSpecific msr) {
        this.board = board;
        this.msr = msr;
    }

    boolean readMsr(int number, long[] value) {
        switch (number) {
            case WALL, WALL_OLD -> value[0] = wall;
            case TIME, TIME_OLD -> value[0] = time;
            default -> {
                return false;
            }
        }
        return true;
    }

    boolean writeMsr(int number, long value) {
        switch (number) {
            case WALL, WALL_OLD -> {
                wall = value;
                publishWall();
            }
            case TIME, TIME_OLD -> {
                time = value;
                publish();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void publishWall() {
        long host = writable(wall, WALL_BYTES);
        if (host != 0) {
            int next = RawMemory.getInt(host) + 1 | 1;
            RawMemory.putIntRelease(host, next);
            RawMemory.storeFence();
            RawMemory.putInt(host + 4, (int) (board.wallOrigin() / NANOS));
            RawMemory.putInt(host + 8, (int) (board.wallOrigin() % NANOS));
            RawMemory.putIntRelease(host, next + 1);
            board.memory().codeWatch().writtenRange(wall, WALL_BYTES);
        }
    }

    /** Writes the vCPU's time; to be called whenever its TSC has jumped. */
    void publish() {
        long gpa = time & ~ENABLED;
        long host = (time & ENABLED) != 0 ? writable(gpa, TIME_BYTES) : 0;
        if (host == 0) {
            return;
        }
        version += 2;
        RawMemory.putIntRelease(host, version - 1);
        RawMemory.storeFence();
        long now = board.clock().nanos();
        RawMemory.putLong(host + 8, now + msr.tscOffset);
        RawMemory.putLong(host + 16, now);
        RawMemory.putInt(host + 24, MULTIPLIER);
        RawMemory.putInt(host + 28, SHIFT_AND_STABLE);
        RawMemory.putIntRelease(host, version);
        board.memory().codeWatch().writtenRange(gpa, TIME_BYTES);
    }

    /** Host address, or 0 if that is no memory or crosses a page. */
    private long writable(long gpa, int bytes) {
        long page = GuestPhysical.PAGE;
        long entry = board.memory().physical().entry(gpa);
        boolean fits = (gpa & 3) == 0 && (gpa & (page - 1)) + bytes <= page;
        return fits && (entry & GuestPhysical.WRITABLE) != 0 ? (entry & GuestPhysical.HOST) + (gpa & (page - 1)) : 0;
    }
}
