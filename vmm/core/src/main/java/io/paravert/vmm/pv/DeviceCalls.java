package io.paravert.vmm.pv;

import io.paravert.abi.Hypercall;
import io.paravert.abi.IoOp;
import io.paravert.abi.Limit;
import io.paravert.abi.PvError;
import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.exit.CallServer;
import io.paravert.vmm.exit.CallingVcpu;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * BLOCK_SUBMIT, NET_SEND, NET_RECV: calls that name a device. What the ABI says of their arguments is checked here, so that
 * no device can forget it; what depends on the device (its capacity, its MTU) the device checks.
 */
final class DeviceCalls {
    private final PvMachine machine;

    DeviceCalls(PvMachine machine) {
        this.machine = machine;
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.BLOCK_SUBMIT, (vcpu, number, a0, a1, a2, a3, a4, a5) -> {
            int wrong = checkBlock(a1, a2, a3, a4);
            return wrong != 0 ? -wrong : forward(vcpu, number, a0, a1, a2, a3, a4, a5);
        });
        calls.serve(Hypercall.NET_SEND, (vcpu, number, a0, a1, a2, a3, a4, a5) -> {
            int wrong = checkFrame(a1, a2, false);
            return wrong != 0 ? -wrong : forward(vcpu, number, a0, a1, a2, a3, a4, a5);
        });
        calls.serve(Hypercall.NET_RECV, (vcpu, number, a0, a1, a2, a3, a4, a5) -> {
            int wrong = checkFrame(a1, a2, true);
            return wrong != 0 ? -wrong : forward(vcpu, number, a0, a1, a2, a3, a4, a5);
        });
    }

    /** The device of that number, or null; any number may be asked. */
    static @Nullable HostedDevice find(PvMachine machine, long number) {
        return number < 0 || number > Integer.MAX_VALUE ? null : machine.device((int) number);
    }

    private long forward(CallingVcpu vcpu, int number, long device, long a1, long a2, long a3, long a4, long a5) {
        HostedDevice hosted = find(machine, device);
        if (hosted == null) {
            return device == GuestConsole.DEVICE ? -PvError.ENOTTY : -PvError.ENODEV;
        }
        Optional<CallServer> server = hosted.deviceCalls();
        return server.isPresent() ? server.get().call(vcpu, number, device, a1, a2, a3, a4, a5) : -PvError.ENOTTY;
    }

    /** 0 or the error. */
    private int checkBlock(long op, long sector, long gpa, long bytes) {
        if (op < IoOp.READ || op > IoOp.WRITE_ZEROES || bytes < 0 || bytes > Limit.BLOCK_BYTES) {
            return PvError.EINVAL;
        }
        if (bytes % Limit.SECTOR_BYTES != 0 || (op == IoOp.FLUSH && bytes != 0)) {
            return PvError.EINVAL;
        }
        if (sector < 0) {
            return PvError.ERANGE;
        }
        if (op == IoOp.READ) {
            machine.memory().writableHostAddress(gpa, bytes);
        } else if (op == IoOp.WRITE) {
            machine.memory().hostAddress(gpa, bytes);
        }
        return 0;
    }

    /** 0 or the error. */
    private int checkFrame(long gpa, long bytes, boolean writable) {
        if (bytes < Limit.FRAME_BYTES_MIN || bytes > Limit.FRAME_BYTES) {
            return PvError.EINVAL;
        }
        if (writable) {
            machine.memory().writableHostAddress(gpa, bytes);
        } else {
            machine.memory().hostAddress(gpa, bytes);
        }
        return 0;
    }
}
