package io.paravert.vmm.bus;

import io.paravert.device.InlineAccessHandler;
import io.paravert.vmm.exit.AccessServer;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.exit.ClaimOwner;

/** Accesses that a device serves on the vCPU's thread; what it throws ends here. */
final class InlineAccessServer implements AccessServer {
    private final InlineAccessHandler handler;
    private final ClaimOwner owner;
    private final RateLimitedLog log;

    InlineAccessServer(InlineAccessHandler handler, ClaimOwner owner, RateLimitedLog log) {
        this.handler = handler;
        this.owner = owner;
        this.log = log;
    }

    @Override
    public long read(CallingVcpu vcpu, long offset, int size) {
        try {
            return handler.read(vcpu.id(), offset, size);
        } catch (Throwable t) {
            failed("read", offset, t);
            return -1;
        }
    }

    @Override
    public void write(CallingVcpu vcpu, long offset, int size, long value) {
        try {
            handler.write(vcpu.id(), offset, size, value);
        } catch (Throwable t) {
            failed("write", offset, t);
        }
    }

    private void failed(String what, long offset, Throwable failure) {
        owner.failures().increment();
        log.warn(() -> "device " + owner.name() + " failed an inline " + what + " at offset 0x"
                + Long.toHexString(offset) + ": " + DeviceEndpoint.inOneLine(failure));
    }
}
