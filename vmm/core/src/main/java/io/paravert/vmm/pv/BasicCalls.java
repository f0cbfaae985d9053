package io.paravert.vmm.pv;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.DeviceLayout;
import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.abi.PvError;
import io.paravert.abi.ShutdownReason;
import io.paravert.device.GuestAddressException;
import io.paravert.vmm.exit.CallingVcpu;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** The calls that need no state: VERSION, FEATURES, NULL, DEVICE_INFO, SHUTDOWN, CRASH, ENTROPY. */
final class BasicCalls {
    private final PvMachine machine;
    /** Made by the first ENTROPY call: the JDK's provider costs more to start than a small guest runs. */
    private @Nullable SecureRandom random;

    BasicCalls(PvMachine machine) {
        this.machine = machine;
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.VERSION, (vcpu, number, a0, a1, a2, a3, a4, a5) -> AbiVersion.VALUE);
        calls.serve(Hypercall.FEATURES, (vcpu, number, a0, a1, a2, a3, a4, a5) -> machine.features());
        calls.serve(Hypercall.NULL, (vcpu, number, a0, a1, a2, a3, a4, a5) -> 0);
        calls.serve(Hypercall.DEVICE_INFO, (vcpu, number, a0, a1, a2, a3, a4, a5) -> deviceInfo(a0, a1));
        calls.serve(Hypercall.SHUTDOWN, (vcpu, number, a0, a1, a2, a3, a4, a5) -> shutdown(a0, a1));
        calls.serve(Hypercall.CRASH, (vcpu, number, a0, a1, a2, a3, a4, a5) -> crash(vcpu, a0, a1));
        calls.serve(Hypercall.ENTROPY, (vcpu, number, a0, a1, a2, a3, a4, a5) -> entropy(a0, a1));
    }

    private long deviceInfo(long index, long gpa) {
        byte[] device = index < 0 || index > Integer.MAX_VALUE ? null : machine.describeDevice((int) index);
        if (device == null) {
            return -PvError.ENOENT;
        }
        if (gpa % Long.BYTES != 0) {
            return -PvError.EINVAL;
        }
        machine.memory().write(gpa, device, 0, DeviceLayout.SIZE);
        return 0;
    }

    private long shutdown(long code, long reason) {
        if (reason != ShutdownReason.POWER_OFF && reason != ShutdownReason.REBOOT) {
            return -PvError.EINVAL;
        }
        machine.shutdown((int) code, reason == ShutdownReason.REBOOT);
        return 0;
    }

    private long crash(CallingVcpu vcpu, long gpa, long bytes) {
        String message = "";
        if (gpa != 0) {
            byte[] text = new byte[(int) Math.min(Math.max(bytes, 0), Limit.CRASH_BYTES)];
            try {
                machine.memory().read(gpa, text, 0, text.length);
                message = new String(text, StandardCharsets.UTF_8);
            } catch (GuestAddressException e) {
                message = "";
            }
        }
        machine.crash(vcpu.id(), message);
        return 0;
    }

    private long entropy(long gpa, long bytes) {
        if (bytes < 0 || bytes > Limit.ENTROPY_BYTES) {
            return -PvError.EINVAL;
        }
        // Before the bytes are drawn: a bad address must not cost the host's entropy.
        machine.memory().writableHostAddress(gpa, bytes);
        byte[] drawn = new byte[(int) bytes];
        random().nextBytes(drawn);
        machine.memory().write(gpa, drawn, 0, drawn.length);
        return bytes;
    }

    private synchronized SecureRandom random() {
        SecureRandom source = random;
        if (source == null) {
            source = new SecureRandom();
            random = source;
        }
        return source;
    }
}
