package io.paravert.vmm.pv;

import io.paravert.abi.Doorbell;
import io.paravert.abi.Gpa;
import io.paravert.abi.Limit;
import io.paravert.abi.Port;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.exit.AccessServer;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.exit.Claim;
import io.paravert.vmm.exit.ClaimKind;
import io.paravert.vmm.exit.ClaimOwner;
import java.util.List;

/** Ports and the doorbell page by which calls arrive. All are write-only: reads give all-ones, other widths are dropped. */
final class CallPorts {
    private static final int CALL_WIDTH = 4;
    /** General registers by their encoding, in the order of the convention: RDI, RSI, RDX, R10, R8, R9. */
    private static final int[] ARGUMENTS = {7, 6, 2, 10, 8, 9};

    private static final int RAX = 0;

    private final PvMachine machine;
    private final Hypercalls hypercalls;
    private final CallSlots slots;
    private final RingCalls rings;
    private final GuestConsole console;

    CallPorts(PvMachine machine, Hypercalls hypercalls, CallSlots slots, RingCalls rings, GuestConsole console) {
        this.machine = machine;
        this.hypercalls = hypercalls;
        this.slots = slots;
        this.rings = rings;
        this.console = console;
    }

    private interface Writer {
        void write(CallingVcpu vcpu, long offset, int size, long value);
    }

    private record WriteOnly(Writer writer) implements AccessServer {
        @Override
        public long read(CallingVcpu vcpu, long offset, int size) {
            return -1;
        }

        @Override
        public void write(CallingVcpu vcpu, long offset, int size, long value) {
            writer.write(vcpu, offset, size, value);
        }
    }

    List<Claim> claims() {
        return List.of(
                port(Port.FAST, CALL_WIDTH, "fast-port", this::fastCall),
                port(Port.CALL, CALL_WIDTH, "call-port", this::slotCall),
                port(Port.RING_DOORBELL, CALL_WIDTH, "ring-doorbell", this::ringDoorbell),
                port(Port.DEBUG_CONSOLE, 1, "debug-console", this::debugConsole),
                port(Port.DEBUG_EXIT, CALL_WIDTH, "debug-exit", this::debugExit),
                claim(ClaimKind.MMIO, Gpa.DOORBELL, Doorbell.BYTES, "doorbell", this::doorbell));
    }

    private Claim port(int port, int count, String name, Writer writer) {
        return claim(ClaimKind.PORT, port, count, name, writer);
    }

    private Claim claim(ClaimKind kind, long first, long length, String name, Writer writer) {
        return Claim.ofAccesses(
                kind, first, length, new ClaimOwner(name), true, new WriteOnly(writer), machine.vcpuCount());
    }

    private void fastCall(CallingVcpu vcpu, long offset, int size, long value) {
        if (size != CALL_WIDTH || offset != 0) {
            return;
        }
        GuestRegisters registers = machine.vcpu(vcpu.id()).registers();
        long result = hypercalls.call(
                vcpu,
                registers.get(RAX),
                registers.get(ARGUMENTS[0]),
                registers.get(ARGUMENTS[1]),
                registers.get(ARGUMENTS[2]),
                registers.get(ARGUMENTS[3]),
                registers.get(ARGUMENTS[4]),
                registers.get(ARGUMENTS[5]));
        registers.set(RAX, result);
    }

    private void slotCall(CallingVcpu vcpu, long offset, int size, long value) {
        if (size == CALL_WIDTH && offset == 0) {
            slots.callSlot(vcpu, value);
        }
    }

    private void ringDoorbell(CallingVcpu vcpu, long offset, int size, long value) {
        if (size == CALL_WIDTH && offset == 0) {
            rings.doorbell(value);
        }
    }

    private void doorbell(CallingVcpu vcpu, long offset, int size, long value) {
        if (size != CALL_WIDTH || offset % CALL_WIDTH != 0) {
            return;
        }
        if (offset == Doorbell.CALL) {
            slots.callSlot(vcpu, value);
        } else if (offset >= Doorbell.RING && offset < Doorbell.RING + (long) CALL_WIDTH * Limit.RINGS) {
            rings.doorbell((offset - Doorbell.RING) / CALL_WIDTH);
        }
    }

    private void debugConsole(CallingVcpu vcpu, long offset, int size, long value) {
        console.writeByte((byte) value, vcpu);
    }

    private void debugExit(CallingVcpu vcpu, long offset, int size, long value) {
        if (offset == 0) {
            machine.shutdown((int) value << 1 | 1, false);
        }
    }
}
