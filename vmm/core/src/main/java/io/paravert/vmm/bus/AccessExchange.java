package io.paravert.vmm.bus;

import io.paravert.device.Access;
import io.paravert.device.AccessHandler;
import io.paravert.vmm.exit.ClaimKind;
import io.vertx.core.Future;

/** A port or MMIO access on its way to a device. */
final class AccessExchange extends Exchange {
    private final AccessHandler handler;
    private final ClaimKind kind;
    private final long first;
    private final Access access;

    /** @param first first place of the claim */
    AccessExchange(AccessHandler handler, ClaimKind kind, long first, Access access, boolean posted) {
        super(posted);
        this.handler = handler;
        this.kind = kind;
        this.first = first;
        this.access = access;
    }

    @Override
    Future<Long> ask() {
        return handler.handle(access);
    }

    @Override
    long failure(int error) {
        return -1;
    }

    @Override
    String describe() {
        return (access.write() ? "write of " : "read of ") + access.size() + " bytes at "
                + (kind == ClaimKind.PORT ? "port 0x" : "address 0x") + Long.toHexString(first + access.offset());
    }
}
