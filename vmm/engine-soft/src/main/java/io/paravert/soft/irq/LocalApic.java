package io.paravert.soft.irq;

import static io.paravert.soft.irq.ApicRegister.*;

import java.util.Arrays;

/**
 * A local APIC, in xAPIC and x2APIC mode (AMD APM vol. 2, chapter 16; Intel SDM vol. 3, chapter 11). Any thread may deliver to
 * it; registers are read and written, and vectors taken, on its vCPU's thread.
 */
public final class LocalApic implements AutoCloseable {
    /** Where the registers appear after reset. */
    public static final long DEFAULT_BASE = 0xfee0_0000L;

    private static final int VERSION_VALUE = 0x0005_0014;
    private static final int MASKED = 1 << 16;
    private static final int SOFTWARE_ENABLE = 1 << 8;
    private static final int REMOTE_IRR = 1 << 14;
    private static final long BASE_BSP = 1 << 8;
    private static final long BASE_X2APIC = 1 << 10;
    private static final long BASE_ENABLE = 1 << 11;
    private static final int ERROR_ILLEGAL_SENT = 1 << 5;
    private static final int ERROR_ILLEGAL_RECEIVED = 1 << 6;
    private static final int ERROR_ILLEGAL_REGISTER = 1 << 7;
    private static final int TIMER = 0;
    private static final int LINT0 = 3;
    private static final int LINT1 = 4;
    private static final int ERROR = 5;
    /** Writable bits of each LVT entry: timer, thermal, performance, LINT0, LINT1, error. */
    private static final int[] LVT_MASKS = {0x710ff, 0x117ff, 0x117ff, 0x1f7ff, 0x1f7ff, 0x110ff};

    private final int initialId;
    private final ApicBus bus;
    private final InterruptSink sink;
    private final ApicTimer timer;
    private final long addressLimit;

    private final VectorSet irr = new VectorSet();
    private final VectorSet isr = new VectorSet();
    private final VectorSet tmr = new VectorSet();
    private final int[] lvt = new int[6];
    private volatile long base;
    private volatile int id;
    private volatile int ldr;
    private volatile int dfr;
    private volatile int svr;
    private volatile int tpr;
    private int icrHigh;
    private int icrLow;
    private int errors;
    private int shownErrors;

    /**
     * @param ticksPerSecond frequency of the timer's clock before division
     * @param physicalBits width of guest-physical addresses
     */
    public LocalApic(
            int id,
            ApicBus bus,
            InterruptSink sink,
            Timeline time,
            long ticksPerSecond,
            ApicTimer.TscClock tsc,
            int physicalBits) {
        this.initialId = id;
        this.bus = bus;
        this.sink = sink;
        this.addressLimit = 1L << physicalBits;
        this.timer = new ApicTimer(time, ticksPerSecond, tsc, this::timerExpired);
        powerOn();
        bus.add(this);
    }

    /** State after power-on, {@code APIC_BASE} included. */
    public synchronized void powerOn() {
        base = DEFAULT_BASE | BASE_ENABLE | (initialId == 0 ? BASE_BSP : 0);
        id = initialId;
        reset();
    }

    /** State after INIT: all but {@code APIC_BASE} and the id. */
    public synchronized void reset() {
        irr.clear();
        isr.clear();
        tmr.clear();
        Arrays.fill(lvt, MASKED);
        ldr = isX2apic() ? x2apicLogicalId() : 0;
        dfr = 0xffff_ffff;
        svr = 0xff;
        tpr = 0;
        icrHigh = 0;
        icrLow = 0;
        errors = 0;
        shownErrors = 0;
        timer.reset();
    }

    /** Virtual wire: the PIC through LINT0 and NMI through LINT1, as firmware leaves the first processor. */
    public synchronized void connectPic() {
        lvt[LINT0] = DeliveryMode.EXTINT.ordinal() << 8;
        lvt[LINT1] = DeliveryMode.NMI.ordinal() << 8;
    }

    // ---- APIC_BASE ----

    public long base() {
        return base;
    }

    public boolean isX2apic() {
        return (base & (BASE_ENABLE | BASE_X2APIC)) == (BASE_ENABLE | BASE_X2APIC);
    }

    /** True if the MMIO registers at {@code gpa}'s page are this APIC's. */
    public boolean claims(long gpa) {
        long b = base;
        return (b & (BASE_ENABLE | BASE_X2APIC)) == BASE_ENABLE && (gpa & -4096) == (b & addressLimit - 4096);
    }

    /** Returns false if that is #GP: reserved bits, or a transition that does not exist (Intel SDM vol. 3, 11.12.5). */
    public synchronized boolean writeBase(long value) {
        long flags = BASE_BSP | BASE_X2APIC | BASE_ENABLE;
        if ((value & ~(flags | (addressLimit - 1 & -4096))) != 0) {
            return false;
        }
        int from = (int) (base >>> 10) & 3;
        int to = (int) (value >>> 10) & 3;
        boolean legal = switch (from) {
            case 0 -> to == 0 || to == 2;
            case 2 -> to != 1;
            default -> to == 3 || to == 0;
        };
        if (!legal) {
            return false;
        }
        base = value;
        if (from != to) {
            if (to == 0) {
                reset();
            } else if (to == 3) {
                id = initialId;
                ldr = x2apicLogicalId();
            } else {
                ldr = 0;
            }
            sink.wake();
        }
        return true;
    }

    private int x2apicLogicalId() {
        return initialId >>> 4 << 16 | 1 << (initialId & 15);
    }

    /** Hardware- and software-enabled. */
    boolean enabled() {
        return (base & BASE_ENABLE) != 0 && (svr & SOFTWARE_ENABLE) != 0;
    }

    // ---- delivery ----

    boolean matches(ApicMessage message) {
        if ((base & BASE_ENABLE) == 0) {
            return false;
        }
        int destination = message.destination();
        if (!message.logical()) {
            return destination == ApicBus.BROADCAST || destination == id || destination == 0xff && !isX2apic();
        }
        if (isX2apic()) {
            return destination == ApicBus.BROADCAST
                    || destination >>> 16 == ldr >>> 16 && (destination & ldr & 0xffff) != 0;
        }
        int mine = ldr >>> 24;
        if (dfr >>> 28 == 0xf) {
            return (destination & mine & 0xff) != 0;
        }
        return (destination >>> 4 & 0xf) == mine >>> 4 && (destination & mine & 0xf) != 0;
    }

    void accept(ApicMessage message) {
        switch (message.mode()) {
            case FIXED, LOWEST_PRIORITY -> request(message.vector(), message.level());
            case NMI -> sink.nmi();
            case INIT -> sink.init();
            case STARTUP -> sink.startup(message.vector());
            case EXTINT -> sink.wake();
            case SMI, RESERVED -> {
                // No system management mode in this machine: nothing would answer.
            }
        }
    }

    private void request(int vector, boolean level) {
        if (!enabled()) {
            return;
        }
        if (vector < 16) {
            error(ERROR_ILLEGAL_RECEIVED);
            return;
        }
        if (level) {
            tmr.add(vector);
        } else {
            tmr.remove(vector);
        }
        if (irr.add(vector)) {
            sink.wake();
        }
    }

    /** LINT1 as wired in a PC: the NMI pin. */
    public void raiseNmiPin() {
        localInterrupt(LINT1);
    }

    /** True if the PIC's INTR reaches the processor: LINT0 as ExtINT, or the APIC disabled in hardware. */
    public synchronized boolean acceptsPic() {
        if ((base & BASE_ENABLE) == 0) {
            return (base & BASE_BSP) != 0;
        }
        return (lvt[LINT0] & MASKED) == 0 && DeliveryMode.of(lvt[LINT0]) == DeliveryMode.EXTINT;
    }

    void wake() {
        sink.wake();
    }

    /** The vector that would be delivered now, -1 if none: the highest requested, above the processor's priority. */
    public int pendingVector() {
        if (!enabled()) {
            return -1;
        }
        int vector = irr.highest();
        return vector >>> 4 > processorPriority() >>> 4 && vector >= 0 ? vector : -1;
    }

    /** The processor takes {@link #pendingVector}: it moves from IRR to ISR. Returns the spurious vector if there is none any more. */
    public int acknowledge() {
        int vector = pendingVector();
        if (vector < 0) {
            return svr & 0xff;
        }
        irr.remove(vector);
        isr.add(vector);
        return vector;
    }

    /** TPR or the class in service, whichever is higher (AMD APM vol. 2, 16.6.4). */
    int processorPriority() {
        int serving = Math.max(isr.highest(), 0);
        int task = tpr;
        return task >>> 4 >= serving >>> 4 ? task : serving & 0xf0;
    }

    /** True if one interrupt is in service, an edge, and none waits: its end concerns nobody else. */
    public boolean isSimple() {
        int vector = isr.highest();
        return vector >= 0 && !tmr.contains(vector) && irr.highest() < 0;
    }

    /** EOI of an interrupt that was {@linkplain #isSimple simple} when it was taken. */
    public void endOfEdge() {
        endOfInterrupt();
    }

    private void endOfInterrupt() {
        int vector = isr.highest();
        if (vector < 0) {
            return;
        }
        isr.remove(vector);
        if (tmr.contains(vector)) {
            if ((svr & 1 << 12) == 0) {
                bus.endOfLevel(vector);
            }
            synchronized (this) {
                for (int i = LINT0; i <= LINT1; i++) {
                    if ((lvt[i] & 0xff) == vector) {
                        lvt[i] &= ~REMOTE_IRR;
                    }
                }
            }
        }
        sink.wake();
    }

    private void timerExpired(long token) {
        synchronized (this) {
            if (!timer.expire(token)) {
                return;
            }
        }
        localInterrupt(TIMER);
    }

    /** @param entry index in the LVT */
    private void localInterrupt(int entry) {
        int value;
        synchronized (this) {
            value = lvt[entry];
        }
        if ((value & MASKED) != 0 || !enabled()) {
            return;
        }
        boolean plain = entry == TIMER || entry == ERROR;
        DeliveryMode mode = plain ? DeliveryMode.FIXED : DeliveryMode.of(value);
        accept(new ApicMessage(id, false, mode, value & 0xff, false));
    }

    private void error(int bit) {
        synchronized (this) {
            errors |= bit;
        }
        if ((lvt[ERROR] & MASKED) == 0 && (lvt[ERROR] & 0xff) >= 16) {
            localInterrupt(ERROR);
        }
    }

    // ---- registers ----

    /** CR8: the priority class of TPR. */
    public int taskPriorityClass() {
        return tpr >>> 4;
    }

    public void setTaskPriorityClass(int value) {
        setTpr((value & 0xf) << 4);
    }

    private void setTpr(int value) {
        tpr = value & 0xff;
        sink.wake();
    }

    /** A 32-bit load at {@code offset}, a multiple of 16 below 0x400; others read 0 and are an APIC error. */
    public int read(int offset) {
        if (offset >= ISR && offset < ESR) {
            VectorSet set = offset < TMR ? isr : offset < IRR ? tmr : irr;
            return set.register(offset >>> 4 & 7);
        }
        return switch (offset) {
            case ID -> isX2apic() ? id : id << 24;
            case VERSION -> VERSION_VALUE;
            case TPR -> tpr;
            case APR, PPR -> processorPriority();
            case LDR -> ldr;
            case DFR -> dfr;
            case SVR -> svr;
            default -> readLocked(offset);
        };
    }

    private synchronized int readLocked(int offset) {
        switch (offset) {
            case EOI, SELF_IPI:
                return 0;
            case ESR:
                return shownErrors;
            case ICR_LOW:
                return icrLow;
            case ICR_HIGH:
                return icrHigh;
            case INITIAL_COUNT:
                return timer.initialCount();
            case CURRENT_COUNT:
                return timer.currentCount();
            case DIVIDE:
                return timer.divideRegister();
            default:
                if (offset >= LVT_TIMER && offset <= LVT_ERROR) {
                    return lvt[offset - LVT_TIMER >>> 4];
                }
                errors |= ERROR_ILLEGAL_REGISTER;
                return 0;
        }
    }

    /** A 32-bit store at {@code offset}, a multiple of 16 below 0x400. */
    public void write(int offset, int value) {
        switch (offset) {
            case ID -> id = value >>> 24;
            case TPR -> setTpr(value);
            case EOI -> endOfInterrupt();
            case LDR -> ldr = value & 0xff00_0000;
            case DFR -> dfr = value | 0x0fff_ffff;
            case SVR -> writeSpurious(value);
            case ICR_HIGH -> {
                synchronized (this) {
                    icrHigh = value & 0xff00_0000;
                }
            }
            case ICR_LOW -> sendCommand(value, icrHigh >>> 24);
            default -> writeLocked(offset, value);
        }
    }

    private void writeSpurious(int value) {
        synchronized (this) {
            svr = value & 0x13ff;
            if ((value & SOFTWARE_ENABLE) == 0) {
                for (int i = 0; i < lvt.length; i++) {
                    lvt[i] |= MASKED;
                }
            }
        }
        sink.wake();
    }

    private synchronized void writeLocked(int offset, int value) {
        switch (offset) {
            case ESR -> {
                shownErrors = errors;
                errors = 0;
            }
            case INITIAL_COUNT -> timer.setInitialCount(value);
            case DIVIDE -> timer.setDivide(value);
            default -> {
                if (offset >= LVT_TIMER && offset <= LVT_ERROR) {
                    writeLvt(offset - LVT_TIMER >>> 4, value);
                } else {
                    errors |= ERROR_ILLEGAL_REGISTER;
                }
            }
        }
    }

    private void writeLvt(int entry, int value) {
        int written = value & LVT_MASKS[entry];
        if ((svr & SOFTWARE_ENABLE) == 0) {
            written |= MASKED;
        }
        lvt[entry] = written;
        if (entry == TIMER) {
            timer.setMode(written);
        } else if (entry == LINT0) {
            sink.wake();
        }
    }

    /** Sends what the interrupt command register says (AMD APM vol. 2, 16.5). */
    private void sendCommand(int low, int destination) {
        synchronized (this) {
            icrLow = low & 0x000c_cfff;
        }
        DeliveryMode mode = DeliveryMode.of(low);
        int vector = low & 0xff;
        if (vector < 16 && (mode == DeliveryMode.FIXED || mode == DeliveryMode.LOWEST_PRIORITY)) {
            error(ERROR_ILLEGAL_SENT);
            return;
        }
        boolean level = (low & 0x8000) != 0;
        if (mode == DeliveryMode.INIT && level && (low & 0x4000) == 0) {
            // INIT level de-assert only synchronises arbitration ids, which nothing here has.
            return;
        }
        boolean all = destination == (isX2apic() ? ApicBus.BROADCAST : 0xff);
        ApicMessage message = new ApicMessage(
                all && (low & 0x800) == 0 ? ApicBus.BROADCAST : destination, (low & 0x800) != 0, mode, vector, false);
        switch (low >>> 18 & 3) {
            case 0 -> bus.send(message);
            case 1 -> accept(message);
            case 2 -> bus.broadcast(this, true, message);
            default -> bus.broadcast(this, false, message);
        }
    }

    // ---- x2APIC ----

    /** Reads MSR {@code 0x800 + index}; returns false for #GP and leaves {@code out} alone (Intel SDM vol. 3, 11.12.1.2). */
    public boolean readMsr(int index, long[] out) {
        int offset = index << 4;
        if (!isX2apic() || !exists(offset) || offset == EOI || offset == SELF_IPI || offset == APR) {
            return false;
        }
        out[0] = Integer.toUnsignedLong(read(offset));
        if (offset == ICR_LOW) {
            synchronized (this) {
                out[0] |= (long) icrHigh << 32;
            }
        }
        return true;
    }

    /** Writes MSR {@code 0x800 + index}; returns false for #GP. */
    public boolean writeMsr(int index, long value) {
        int offset = index << 4;
        boolean readOnly = offset == ID
                || offset == VERSION
                || offset == APR
                || offset == PPR
                || offset == LDR
                || offset >= ISR && offset < ESR
                || offset == CURRENT_COUNT;
        if (!isX2apic() || readOnly || !exists(offset) || !reservedClear(offset, value)) {
            return false;
        }
        if (offset == ICR_LOW) {
            synchronized (this) {
                icrHigh = (int) (value >>> 32);
            }
            sendCommand((int) value, (int) (value >>> 32));
        } else if (offset == SELF_IPI) {
            accept(new ApicMessage(id, false, DeliveryMode.FIXED, (int) value & 0xff, false));
        } else {
            write(offset, (int) value);
        }
        return true;
    }

    private static boolean reservedClear(int offset, long value) {
        return switch (offset) {
            case ICR_LOW -> (value & 0xfff3_2000L) == 0;
            case EOI, ESR -> value == 0;
            case TPR, SELF_IPI -> value >>> 8 == 0;
            case SVR -> (value & ~0x13ffL) == 0;
            case DIVIDE -> (value & ~0b1011L) == 0;
            default ->
                offset >= LVT_TIMER && offset <= LVT_ERROR
                        ? (value & ~(long) (LVT_MASKS[offset - LVT_TIMER >>> 4] | 0x5000)) == 0
                        : value >>> 32 == 0;
        };
    }

    private static boolean exists(int offset) {
        return switch (offset) {
            case ID, VERSION, TPR, PPR, EOI, LDR, SVR, ESR, ICR_LOW, INITIAL_COUNT, CURRENT_COUNT, DIVIDE, SELF_IPI ->
                true;
            default -> offset >= ISR && offset < ESR || offset >= LVT_TIMER && offset <= LVT_ERROR;
        };
    }

    /** MSR IA32_TSC_DEADLINE. */
    public synchronized long tscDeadline() {
        return timer.deadline();
    }

    public synchronized void setTscDeadline(long value) {
        timer.setDeadline(value);
    }

    /** The guest has set its TSC: a deadline that is armed is as near or far as the new one says (Intel SDM vol. 3, 11.5.4.1). */
    public synchronized void tscChanged() {
        timer.setDeadline(timer.deadline());
    }

    @Override
    public synchronized void close() {
        timer.stop();
        bus.remove(this);
    }
}
