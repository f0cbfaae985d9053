package io.paravert.vmm.bus;

import io.paravert.abi.PvError;
import io.paravert.device.DeviceError;
import io.paravert.device.GuestAddressException;
import io.paravert.device.InlineHypercallHandler;
import io.paravert.vmm.exit.CallServer;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.exit.ClaimOwner;

/** Hypercalls that a device serves on the vCPU's thread; what it throws ends here. */
final class InlineCallServer implements CallServer {
    private final InlineHypercallHandler handler;
    private final ClaimOwner owner;
    private final RateLimitedLog log;

    InlineCallServer(InlineHypercallHandler handler, ClaimOwner owner, RateLimitedLog log) {
        this.handler = handler;
        this.owner = owner;
        this.log = log;
    }

    @Override
    public long call(CallingVcpu vcpu, int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        try {
            return handler.handle(vcpu.id(), number, a0, a1, a2, a3, a4, a5);
        } catch (DeviceError e) {
            return -e.number();
        } catch (GuestAddressException e) {
            return -PvError.EFAULT;
        } catch (Throwable t) {
            owner.failures().increment();
            log.warn(() -> "device " + owner.name() + " failed inline hypercall 0x" + Integer.toHexString(number) + ": "
                    + DeviceEndpoint.inOneLine(t));
            return -PvError.EIO;
        }
    }
}
