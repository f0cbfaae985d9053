package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceLayout;
import io.paravert.abi.EventKind;
import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/** Virtio-blk (virtio 1.2, 5.2) over MMIO with one split queue. */
final class VirtioBlockDriver implements QueueDriver {
    private static final int ASK_IN = 0;
    private static final int ASK_OUT = 1;
    private static final int ASK_FLUSH = 4;
    private static final int HEADER_BYTES = 16;
    private static final int UNTOUCHED = 0xff;

    private final PvAssembler g;
    private final VirtioRegisters registers;
    private final SplitQueueCode queue;

    VirtioBlockDriver(PvAssembler g, VirtioOption... options) {
        this.g = g;
        this.registers = new VirtioRegisters(g, options);
        this.queue = new SplitQueueCode(g, registers, 0);
    }

    @Override
    public PvAssembler assembler() {
        return g;
    }

    @Override
    public void begin() {
        registers.negotiate();
        queue.begin();
        registers.ready();
    }

    @Override
    public void bindEvent() {
        g.mov(ESI, dword(RBX, DeviceLayout.NUMBER_OFFSET));
        g.eventBind(EventKind.DEVICE, RSI, 0);
    }

    /** @param op READ, WRITE or FLUSH, which has no data */
    @Override
    public void submit(int op) {
        int ask = switch (op) {
            case IoOp.READ -> ASK_IN;
            case IoOp.WRITE -> ASK_OUT;
            case IoOp.FLUSH -> ASK_FLUSH;
            default ->
                throw new IllegalArgumentException("op " + IoOp.nameOf(op) + "; this driver has READ, WRITE and FLUSH");
        };
        if (op == IoOp.FLUSH) {
            g.xor(EDX, EDX);
        }
        queue.locate();
        g.mov(dword(R8, R10, 1, SplitQueueCode.HEADERS), imm(ask));
        g.mov(qword(R8, R10, 1, SplitQueueCode.HEADERS + 8), RDI);
        g.mov(byte_(R8, RCX, 1, SplitQueueCode.STATUS), imm(UNTOUCHED));
        g.lea(RAX, mem(R8, R10, 1, SplitQueueCode.HEADERS));
        queue.describe(0, HEADER_BYTES, SplitQueueCode.NEXT, op == IoOp.FLUSH ? 2 : 1);
        if (op != IoOp.FLUSH) {
            g.mov(RAX, RSI);
            int written = op == IoOp.READ ? SplitQueueCode.WRITE : 0;
            queue.describe(1, -1, SplitQueueCode.NEXT | written, 2);
        }
        g.lea(RAX, mem(R8, RCX, 1, SplitQueueCode.STATUS));
        queue.describe(2, 1, SplitQueueCode.WRITE, 0);
        queue.publish();
    }

    @Override
    public void take() {
        Label end = g.label();
        queue.take();
        g.mov(EDX, imm(0));
        g.test(RAX, RAX);
        g.js(end);
        g.mov(EDX, dword(R8, RAX, 4, SplitQueueCode.LENGTHS));
        g.cmp(byte_(R8, RAX, 1, SplitQueueCode.STATUS), imm(0));
        g.je(end);
        g.mov(RDX, imm(-PvError.EIO));
        g.bind(end);
    }

    @Override
    public void arm() {
        queue.arm();
    }
}
