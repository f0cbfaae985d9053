package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceLayout;
import io.paravert.abi.Hypercall;
import io.paravert.abi.IoOp;
import io.paravert.guest.PvAssembler;

/** One call for an operation: BLOCK_SUBMIT, NET_SEND or NET_RECV. */
final class CallDriver implements DeviceDriver {
    private final PvAssembler g;

    CallDriver(PvAssembler g) {
        this.g = g;
    }

    @Override
    public void begin() {
        // Calls are there from the start.
    }

    @Override
    public void operation(int op) {
        // From the convention of operations to that of calls: device, op, sector, address, bytes.
        g.mov(R8D, EDX);
        g.mov(R10, RSI);
        g.mov(RDX, RDI);
        g.mov(EDI, dword(RBX, DeviceLayout.NUMBER_OFFSET));
        switch (op) {
            case IoOp.SEND -> g.hypercall(Hypercall.NET_SEND, RDI, R10, R8);
            case IoOp.RECEIVE -> g.hypercall(Hypercall.NET_RECV, RDI, R10, R8);
            default -> g.hypercall(Hypercall.BLOCK_SUBMIT, RDI, imm(op), RDX, R10, R8);
        }
    }
}
