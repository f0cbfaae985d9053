package io.paravert.soft.board;

import io.paravert.soft.irq.ApicBus;
import io.paravert.soft.irq.ApicMessage;
import io.paravert.soft.irq.IoApic;
import io.paravert.soft.irq.Pic;
import io.paravert.soft.irq.Pit;
import io.paravert.soft.memory.MachineMemory;
import io.paravert.vmm.engine.InterruptLines;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a machine's vCPUs share: I/O APIC, PICs and PIT, wired as in a PC and as KVM does it. Line 0 is the PIT's; it leads to the
 * first PIC and to pins 0 and 2 of the I/O APIC, since firmware tables differ in which of the two they name. Any thread.
 */
public final class Board implements InterruptLines, AutoCloseable {
    /** When metered machines begin: 2026-01-01, UTC. */
    private static final long METERED_ORIGIN = 1_767_225_600L * 1_000_000_000L;

    private static final int PIC_LINES = 16;
    private static final int ISA_TIMER_PIN = 2;

    /** Where a PC has FERR#, and where its handler takes it down. */
    private static final int FLOAT_ERROR_LINE = 13;

    private static final int FLOAT_ERROR_PORT = 0xf0;

    private final MachineMemory memory;
    private final AtomicBoolean floatError = new AtomicBoolean();
    private final Clock clock;
    private final ApicBus bus = new ApicBus();
    private final IoApic ioApic = new IoApic(bus);
    private final Pic pic = new Pic(bus::wakePicListeners);
    private final Pit pit;
    /** Wall-clock time when the machine's clock stood at 0, ns since 1970. */
    private final long wallOrigin;

    public Board(Clock clock, MachineMemory memory) {
        this.clock = clock;
        this.memory = memory;
        this.pit = new Pit(clock, high -> setLine(0, high));
        this.wallOrigin = clock.isMetered() ? METERED_ORIGIN : System.currentTimeMillis() * 1_000_000L - clock.nanos();
    }

    Clock clock() {
        return clock;
    }

    ApicBus bus() {
        return bus;
    }

    Pic pic() {
        return pic;
    }

    MachineMemory memory() {
        return memory;
    }

    long wallOrigin() {
        return wallOrigin;
    }

    @Override
    public void setLine(int gsi, boolean level) {
        if (gsi < 0 || gsi >= IoApic.PINS) {
            throw new IllegalArgumentException("interrupt line " + gsi + " is not one of 0 to " + (IoApic.PINS - 1));
        }
        if (gsi < PIC_LINES) {
            pic.setLine(gsi, level);
        }
        ioApic.setLine(gsi, level);
        if (gsi == 0) {
            ioApic.setLine(ISA_TIMER_PIN, level);
        }
    }

    @Override
    public void signalMsi(long address, int data) {
        bus.send(ApicMessage.ofMsi(address, data));
    }

    // ---- where the guest sees it ----

    static boolean isIoApic(long gpa) {
        return (gpa & -IoApic.WINDOW_BYTES) == IoApic.BASE;
    }

    /** Registers are 32 bits wide and 16 bytes apart; other bytes read as zero. */
    long loadIoApic(long gpa) {
        int offset = (int) (gpa - IoApic.BASE);
        return (offset & 3) != 0 ? 0 : ioApic.read(offset) & 0xffff_ffffL;
    }

    void storeIoApic(long gpa, long value) {
        ioApic.write((int) (gpa - IoApic.BASE), (int) value);
    }

    static boolean claimsPort(int port) {
        return isPic(port) || isPit(port) || port == FLOAT_ERROR_PORT;
    }

    private static boolean isPic(int port) {
        return (port & ~0x81) == 0x20 || (port & ~1) == 0x4d0;
    }

    private static boolean isPit(int port) {
        return (port & ~3) == 0x40 || port == 0x61;
    }

    /** One byte. */
    int in(int port) {
        return isPic(port) ? pic.read(port) : isPit(port) ? pit.read(port) : 0xff;
    }

    void out(int port, int value) {
        if (isPic(port)) {
            pic.write(port, value);
        } else if (isPit(port)) {
            pit.write(port, value);
        } else if (floatError.getAndSet(false)) {
            setLine(FLOAT_ERROR_LINE, false);
        }
    }

    /** FERR# goes up, until the guest writes port 0xF0; false if it was. */
    boolean raiseFloatError() {
        if (floatError.getAndSet(true)) {
            return false;
        }
        setLine(FLOAT_ERROR_LINE, true);
        return true;
    }

    @Override
    public void close() {
        pit.stop();
    }
}
