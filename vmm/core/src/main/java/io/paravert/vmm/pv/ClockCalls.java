package io.paravert.vmm.pv;

import io.paravert.abi.ClockFlag;
import io.paravert.abi.ClockPageLayout;
import io.paravert.abi.Hypercall;
import io.paravert.abi.PvError;
import io.paravert.device.GuestAddressException;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.memory.GuestMemory;

/** CLOCK_READ, CLOCK_WALL, CLOCK_PAGE_SETUP, CLOCK_ALARM, and the clock page. */
final class ClockCalls {
    private static final long NONE = 0;
    /** With 32 bits of fraction a tick's length is off by less than 1 in 10^9 for every TSC above 1 MHz. */
    private static final int SHIFT = 32;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final PvMachine machine;
    private final VmClock clock;
    private final Alarms alarms;
    private final long tscKilohertz;
    private long page = NONE;
    private boolean stale;

    ClockCalls(PvMachine machine, VmClock clock, Alarms alarms, long tscKilohertz) {
        this.machine = machine;
        this.clock = clock;
        this.alarms = alarms;
        this.tscKilohertz = tscKilohertz;
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.CLOCK_READ, (vcpu, number, a0, a1, a2, a3, a4, a5) -> clock.now());
        calls.serve(Hypercall.CLOCK_WALL, (vcpu, number, a0, a1, a2, a3, a4, a5) -> VmClock.wall());
        calls.serve(
                Hypercall.CLOCK_PAGE_SETUP,
                (vcpu, number, a0, a1, a2, a3, a4, a5) -> setUpPage(machine.vcpu(vcpu.id()), a0));
        calls.serve(Hypercall.CLOCK_ALARM, (vcpu, number, a0, a1, a2, a3, a4, a5) -> alarms.arm(a0, a1));
    }

    private synchronized long setUpPage(PvVcpu vcpu, long gpa) {
        if (gpa % GuestMemory.PAGE != 0) {
            return -PvError.EINVAL;
        }
        if (gpa != NONE) {
            machine.memory().writableHostAddress(gpa, GuestMemory.PAGE);
        }
        page = gpa;
        if (gpa != NONE) {
            write(vcpu);
        }
        return 0;
    }

    /** The machine pauses: readers of the page wait until {@link #refresh}. When no vCPU is in the guest. */
    synchronized void suspend() {
        if (page == NONE) {
            return;
        }
        stale = true;
        try {
            long host = machine.memory().writableHostAddress(page, ClockPageLayout.SIZE);
            long sequence = host + ClockPageLayout.SEQUENCE_OFFSET;
            RawMemory.putIntRelease(sequence, RawMemory.getInt(sequence) | 1);
        } catch (GuestAddressException e) {
            page = NONE;
        }
    }

    /** Before a vCPU enters the guest for the first time after a pause; on its thread. The first one to come does the work. */
    synchronized void refresh(PvVcpu vcpu) {
        if (!stale) {
            return;
        }
        stale = false;
        try {
            write(vcpu);
        } catch (GuestAddressException e) {
            page = NONE;
        }
    }

    private void write(PvVcpu vcpu) {
        long host = machine.memory().writableHostAddress(page, ClockPageLayout.SIZE);
        long before = clock.now();
        long tsc = vcpu.readTsc();
        long now = before + (clock.now() - before) / 2;
        boolean valid = tsc != -1 && tscKilohertz > 0;
        long sequence = host + ClockPageLayout.SEQUENCE_OFFSET;
        int odd = RawMemory.getInt(sequence) | 1;
        RawMemory.putInt(sequence, odd);
        RawMemory.storeFence();
        RawMemory.putInt(host + ClockPageLayout.FLAGS_OFFSET, valid ? ClockFlag.TSC_VALID : 0);
        RawMemory.putLong(host + ClockPageLayout.TSC_BASE_OFFSET, valid ? tsc : 0);
        RawMemory.putLong(host + ClockPageLayout.NS_BASE_OFFSET, now);
        RawMemory.putLong(
                host + ClockPageLayout.MULTIPLIER_OFFSET, valid ? (NANOS_PER_MILLI << SHIFT) / tscKilohertz : 0);
        RawMemory.putInt(host + ClockPageLayout.SHIFT_OFFSET, SHIFT);
        RawMemory.putLong(host + ClockPageLayout.WALL_BASE_OFFSET, VmClock.wall() - clock.now());
        RawMemory.putIntRelease(sequence, odd + 1);
    }
}
