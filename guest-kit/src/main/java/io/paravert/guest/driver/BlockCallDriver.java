package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceLayout;
import io.paravert.abi.Hypercall;
import io.paravert.guest.PvAssembler;

/** One call for an operation. */
final class BlockCallDriver implements DeviceDriver {
    private final PvAssembler g;

    BlockCallDriver(PvAssembler g) {
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
        g.hypercall(Hypercall.BLOCK_SUBMIT, RDI, imm(op), RDX, R10, R8);
    }
}
