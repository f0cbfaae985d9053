package io.paravert.vmm.pv;

import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.abi.PvError;
import io.paravert.abi.VcpuMode;
import io.paravert.abi.VcpuStartLayout;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.EntryState;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.exit.CallingVcpu;
import org.jspecify.annotations.Nullable;

/** VCPU_ID, VCPU_START, VCPU_STOP, VCPU_YIELD, VCPU_POLL. */
final class VcpuCalls {
    private static final long SELF = -1;
    private static final long REAL_LIMIT = 1 << 20;
    private static final long BITS_32 = 0xffff_ffffL;
    private static final int RSP = 4;
    private static final int RSI = 6;
    private static final int RDI = 7;
    /** Slices of waiting, ns: nothing else wakes a wait for another vCPU to stop. */
    private static final long STOP_WAIT = 100_000;

    private static final long LONGEST_PARK = 100_000_000;

    private final PvMachine machine;
    private final EventChannels channels;
    private final VmClock clock;

    VcpuCalls(PvMachine machine, EventChannels channels, VmClock clock) {
        this.machine = machine;
        this.channels = channels;
        this.clock = clock;
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.VCPU_ID, (vcpu, number, a0, a1, a2, a3, a4, a5) -> vcpu.id());
        calls.serve(Hypercall.VCPU_START, (vcpu, number, a0, a1, a2, a3, a4, a5) -> start(a0, a1));
        calls.serve(Hypercall.VCPU_STOP, (vcpu, number, a0, a1, a2, a3, a4, a5) -> stop(vcpu, a0));
        calls.serve(Hypercall.VCPU_YIELD, (vcpu, number, a0, a1, a2, a3, a4, a5) -> {
            Thread.yield();
            return 0;
        });
        calls.serve(
                Hypercall.VCPU_POLL, (vcpu, number, a0, a1, a2, a3, a4, a5) -> poll(machine.vcpu(vcpu.id()), a0, a1));
    }

    /** True if an argument of VCPU_STOP names the caller. */
    static boolean meansCaller(CallingVcpu caller, long vcpu) {
        return vcpu == SELF || vcpu == caller.id();
    }

    private boolean exists(long vcpu) {
        return vcpu >= 0 && vcpu < machine.vcpuCount();
    }

    private long start(long vcpu, long gpa) {
        if (!exists(vcpu)) {
            return -PvError.ENOENT;
        }
        if (gpa % Long.BYTES != 0) {
            return -PvError.EINVAL;
        }
        CpuState state = readStart(machine.memory().hostAddress(gpa, VcpuStartLayout.SIZE));
        if (state == null) {
            return -PvError.EINVAL;
        }
        return machine.vcpu((int) vcpu).start(state) ? 0 : -PvError.EBUSY;
    }

    /** Reads a VcpuStart, each field once; null if a field is out of its range. */
    private static @Nullable CpuState readStart(long host) {
        int mode = RawMemory.getInt(host + VcpuStartLayout.MODE_OFFSET);
        long rip = RawMemory.getLong(host + VcpuStartLayout.RIP_OFFSET);
        long rsp = RawMemory.getLong(host + VcpuStartLayout.RSP_OFFSET);
        long cr3 = RawMemory.getLong(host + VcpuStartLayout.CR3_OFFSET);
        long gdt = RawMemory.getLong(host + VcpuStartLayout.GDT_BASE_OFFSET);
        int gdtLimit = RawMemory.getInt(host + VcpuStartLayout.GDT_LIMIT_OFFSET);
        CpuState state;
        switch (mode) {
            case VcpuMode.REAL -> {
                if (rip % 16 != 0 || rip < 0 || rip >= REAL_LIMIT) {
                    return null;
                }
                state = EntryState.of(EntryMode.REAL, 0);
                state.segments[CpuState.CS].selector = (int) (rip >>> 4);
                state.segments[CpuState.CS].base = rip;
            }
            case VcpuMode.PROTECTED32 -> {
                if ((rip | rsp) < 0 || (rip | rsp) > BITS_32) {
                    return null;
                }
                state = EntryState.of(EntryMode.PROTECTED, rip);
            }
            case VcpuMode.LONG -> {
                state = EntryState.of(EntryMode.LONG, rip);
                if (cr3 != 0) {
                    state.cr3 = cr3;
                }
            }
            default -> {
                return null;
            }
        }
        if (gdt != 0 && mode != VcpuMode.REAL) {
            state.gdtBase = gdt;
            state.gdtLimit = gdtLimit & 0xffff;
        }
        state.general[RSP] = rsp;
        state.general[RDI] = RawMemory.getLong(host + VcpuStartLayout.RDI_OFFSET);
        state.general[RSI] = RawMemory.getLong(host + VcpuStartLayout.RSI_OFFSET);
        return state;
    }

    private long stop(CallingVcpu caller, long vcpu) {
        if (meansCaller(caller, vcpu)) {
            machine.vcpu(caller.id()).requestStop();
            return 0;
        }
        if (!exists(vcpu)) {
            return -PvError.ENOENT;
        }
        PvVcpu target = machine.vcpu((int) vcpu);
        target.requestStop();
        // Two vCPUs may stop each other: the one that must leave gives up waiting.
        while (!target.isStopped() && !caller.mustLeave()) {
            caller.park(STOP_WAIT);
        }
        return 0;
    }

    private long poll(PvVcpu vcpu, long wanted, long deadline) {
        long[] words = new long[EventArea.WORDS];
        boolean own = wanted == 0;
        if (own) {
            channels.boundTo(vcpu.id(), words);
        } else {
            long bitmap = machine.memory().hostAddress(wanted, Limit.EVENT_CHANNELS / Byte.SIZE);
            for (int i = 0; i < words.length; i++) {
                words[i] = RawMemory.getLong(bitmap + (long) i * Long.BYTES);
            }
        }
        channels.enterPoll();
        try {
            return pollUntil(vcpu, words, own, deadline);
        } finally {
            channels.leavePoll();
        }
    }

    private long pollUntil(PvVcpu vcpu, long[] words, boolean own, long deadline) {
        vcpu.takeKick();
        while (true) {
            int channel = channels.lowestPending(words);
            if (channel >= 0) {
                return channel;
            }
            if (vcpu.hasDeliverableInterrupt() || vcpu.mustLeave() || vcpu.takeKick()) {
                return -PvError.EINTR;
            }
            long now = clock.now();
            if (Long.compareUnsigned(deadline, now) <= 0) {
                return -PvError.ETIMEDOUT;
            }
            long left = deadline - now;
            vcpu.park(left < 0 ? LONGEST_PARK : Math.min(left, LONGEST_PARK));
            if (own) {
                channels.boundTo(vcpu.id(), words);
            }
        }
    }
}
