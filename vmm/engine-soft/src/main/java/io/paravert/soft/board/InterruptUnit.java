package io.paravert.soft.board;

import io.paravert.memory.RawMemory;
import io.paravert.soft.irq.InterruptSink;
import io.paravert.soft.irq.LocalApic;
import io.paravert.soft.memory.EngineDevices;
import io.paravert.soft.memory.GuestPhysical;
import io.paravert.soft.state.ModelSpecific;
import io.paravert.soft.state.Pending;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One vCPU's side of the board: its local APIC, the engine's devices as it reaches them, its para-virtual registers, and its
 * sleep. Other threads reach it through the APIC alone; all else is for the vCPU's.
 */
public final class InterruptUnit implements InterruptSink, EngineDevices, AutoCloseable {
    private static final int MSR_X2APIC = 0x800;
    private static final int MSR_APIC_BASE = 0x1b;
    private static final int MSR_TSC_DEADLINE = 0x6e0;
    private static final int REGISTER_MASK = 0xff0;

    private static final int INIT = 1 << 8;
    private static final int STARTUP = 1 << 9;

    private final Board board;
    private final LocalApic apic;
    private final Pending pending;
    private final ParavirtualClock pvClock;
    private final ParavirtualEoi pvEoi;
    /** INIT and STARTUP that have come and were not yet heeded, and in the low byte the latter's vector. */
    private final AtomicInteger signals = new AtomicInteger();

    private volatile @Nullable Thread sleeper;

    /**
     * @param pending the vCPU's
     * @param ticksPerSecond of TSC and APIC timer; 10^9, so that a tick is a nanosecond
     */
    public InterruptUnit(Board board, int id, Pending pending, ModelSpecific msr, long ticksPerSecond) {
        this.board = board;
        this.pending = pending;
        this.pvClock = new ParavirtualClock(board, msr);
        GuestTsc tsc = new GuestTsc(board.clock(), msr);
        this.apic =
                new LocalApic(id, board.bus(), this, board.clock(), ticksPerSecond, tsc, GuestPhysical.ADDRESS_BITS);
        this.pvEoi = new ParavirtualEoi(board.memory(), apic);
        if (id == 0) {
            apic.connectPic();
        }
    }

    // ---- pins ----

    @Override
    public void wake() {
        raise(Pending.INTERRUPT);
    }

    @Override
    public void nmi() {
        raise(Pending.NMI);
    }

    @Override
    public void init() {
        signals.set(INIT);
        raise(Pending.SIGNAL);
    }

    @Override
    public void startup(int vector) {
        signals.updateAndGet(s -> s & INIT | STARTUP | vector & 0xff);
        raise(Pending.SIGNAL);
    }

    /** Raises a bit of {@link Pending}, also for a vCPU that sleeps. Any thread. */
    public void raise(int bit) {
        pending.raise(bit);
        RawMemory.fullFence();
        Thread thread = sleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Announces that the vCPU is about to sleep: whatever is raised from now on wakes it. */
    public void beginSleep() {
        sleeper = Thread.currentThread();
        RawMemory.fullFence();
    }

    /** Sleeps until something is raised; may return early. */
    public void sleep() {
        board.clock().sleep();
    }

    public void endSleep() {
        sleeper = null;
    }

    /** Whether INIT has come; forgets it, but not a STARTUP after it. The local APIC is then as INIT leaves it. */
    public boolean takeInit() {
        boolean came = (signals.getAndUpdate(s -> s & ~INIT) & INIT) != 0;
        if (came) {
            apic.reset();
            pvEoi.disable();
        }
        return came;
    }

    /** The vector of a STARTUP that has come, -1 if none; forgets it. */
    public int takeStartup() {
        int old = signals.getAndUpdate(s -> s & INIT);
        return (old & STARTUP) != 0 ? old & 0xff : -1;
    }

    // ---- interrupts ----

    /** Whether {@link #take} would return a vector. */
    public boolean isInterruptWaiting() {
        pvEoi.sync();
        return apic.acceptsPic() && board.pic().output() || apic.pendingVector() >= 0;
    }

    /** The vector to deliver now, -1 if there is none; it is then in service. */
    public int take() {
        pvEoi.sync();
        if (apic.acceptsPic() && board.pic().output()) {
            return board.pic().acknowledge();
        }
        if (apic.pendingVector() < 0) {
            return -1;
        }
        int vector = apic.acknowledge();
        pvEoi.offer();
        return vector;
    }

    public int taskPriorityClass() {
        return apic.taskPriorityClass();
    }

    public void setTaskPriorityClass(int value) {
        apic.setTaskPriorityClass(value);
    }

    // ---- MSRs ----

    public boolean readMsr(int number, long[] value) {
        if (number >> 8 == MSR_X2APIC >> 8) {
            return apic.readMsr(number - MSR_X2APIC, value);
        }
        switch (number) {
            case MSR_APIC_BASE -> value[0] = apic.base();
            case MSR_TSC_DEADLINE -> value[0] = apic.tscDeadline();
            case ParavirtualEoi.MSR -> value[0] = pvEoi.register();
            default -> {
                return pvClock.readMsr(number, value);
            }
        }
        return true;
    }

    public boolean writeMsr(int number, long value) {
        if (number >> 8 == MSR_X2APIC >> 8) {
            return apic.writeMsr(number - MSR_X2APIC, value);
        }
        return switch (number) {
            case MSR_APIC_BASE -> apic.writeBase(value);
            case MSR_TSC_DEADLINE -> {
                apic.setTscDeadline(value);
                yield true;
            }
            case ParavirtualEoi.MSR -> pvEoi.setRegister(value);
            default -> pvClock.writeMsr(number, value);
        };
    }

    /** The guest's TSC has been set: what depends on it is told. */
    public void tscChanged() {
        pvClock.publish();
        apic.tscChanged();
    }

    /** The x87's FERR# goes up; false if it was. */
    public boolean raiseFloatError() {
        return board.raiseFloatError();
    }

    public long apicBase() {
        return apic.base();
    }

    // ---- devices ----

    @Override
    public boolean claims(long gpa) {
        return apic.claims(gpa) || Board.isIoApic(gpa);
    }

    @Override
    public long load(long gpa, int bytes) {
        int shift = (int) (gpa & 3) * 8;
        long register = Board.isIoApic(gpa) ? board.loadIoApic(gpa & -4) : loadApic((int) gpa & 0xffc);
        return register >>> shift & -1L >>> 64 - 8 * bytes;
    }

    private long loadApic(int offset) {
        return (offset & 0xf) != 0 ? 0 : apic.read(offset) & 0xffff_ffffL;
    }

    /** Only aligned stores of 32 bits have an effect (AMD APM vol. 2, 16.3.2). */
    @Override
    public void store(long gpa, int bytes, long value) {
        if (Board.isIoApic(gpa)) {
            if ((gpa & 3) == 0) {
                board.storeIoApic(gpa, value);
            }
        } else if (bytes == 4 && (gpa & 0xf) == 0) {
            apic.write((int) gpa & REGISTER_MASK, (int) value);
        }
    }

    @Override
    public boolean claimsPort(int port) {
        return Board.claimsPort(port);
    }

    @Override
    public long in(int port, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) board.in(port + i) << 8 * i;
        }
        return value;
    }

    @Override
    public void out(int port, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            board.out(port + i, (int) (value >>> 8 * i) & 0xff);
        }
    }

    @Override
    public void close() {
        apic.close();
    }
}
