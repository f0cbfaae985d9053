package io.paravert.vmm.pv;

import io.paravert.abi.PvError;
import io.paravert.device.GuestAddressException;
import io.paravert.vmm.exit.CallServer;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.exit.Claim;
import io.paravert.vmm.exit.ClaimKind;
import io.paravert.vmm.exit.ClaimOwner;
import io.paravert.vmm.exit.Claims;
import java.util.ArrayList;
import java.util.List;

/** Makes calls by number, wherever they come from: a register transport, a slot, an entry of a multicall. */
final class Hypercalls {
    /** Calls of the monitor's own, in logs and traces. */
    private static final ClaimOwner MONITOR = new ClaimOwner("monitor");

    private final Claims claims;
    private final int vcpus;
    private final List<Claim> own = new ArrayList<>();

    Hypercalls(Claims claims, int vcpus) {
        this.claims = claims;
        this.vcpus = vcpus;
    }

    /** The monitor serves this number itself, on the vCPU's thread. Until {@link #publish}. */
    void serve(int number, CallServer server) {
        own.add(Claim.ofCalls(number, 1, MONITOR, true, guarded(server), vcpus));
    }

    /** Puts all that was said into force. */
    void publish() {
        claims.add(own);
    }

    private static CallServer guarded(CallServer server) {
        return (vcpu, number, a0, a1, a2, a3, a4, a5) -> {
            try {
                return server.call(vcpu, number, a0, a1, a2, a3, a4, a5);
            } catch (GuestAddressException e) {
                return -PvError.EFAULT;
            }
        };
    }

    /** @param number as the guest gave it, all 64 bits */
    long call(CallingVcpu vcpu, long number, long a0, long a1, long a2, long a3, long a4, long a5) {
        if (number < 0 || number >= ClaimKind.HYPERCALL.limit()) {
            return -PvError.ENOSYS;
        }
        Claim claim = claims.current().hypercalls().find(number, 1);
        if (claim == null) {
            return -PvError.ENOSYS;
        }
        claim.served().increment(vcpu.id());
        return claim.calls().call(vcpu, (int) number, a0, a1, a2, a3, a4, a5);
    }
}
