package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.IoOp;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/** Virtio-net (virtio 1.2, 5.1) over MMIO without offloads: one frame at a time, each way by a queue of its own. */
final class VirtioNetDriver implements DeviceDriver {
    /** 5.1.6: before each frame, and all zeros here. */
    private static final int HEADER_BYTES = 12;

    private final PvAssembler g;
    private final VirtioRegisters registers;
    private final SplitQueueCode receive;
    private final SplitQueueCode send;

    VirtioNetDriver(PvAssembler g, VirtioOption... options) {
        this.g = g;
        this.registers = new VirtioRegisters(g, options);
        this.receive = new SplitQueueCode(g, registers, 0);
        this.send = new SplitQueueCode(g, registers, 1);
    }

    @Override
    public void begin() {
        registers.negotiate();
        receive.begin();
        send.begin();
        registers.ready();
    }

    /** @param op SEND, or RECEIVE, which waits for a frame */
    @Override
    public void operation(int op) {
        switch (op) {
            case IoOp.SEND -> exchange(send, 0);
            case IoOp.RECEIVE -> exchange(receive, SplitQueueCode.WRITE);
            default ->
                throw new IllegalArgumentException("op " + IoOp.nameOf(op) + "; this driver has SEND and RECEIVE");
        }
    }

    private void exchange(SplitQueueCode queue, int written) {
        Label look = g.label();
        Label done = g.label();
        g.xor(ECX, ECX);
        queue.locate();
        g.mov(qword(R8, SplitQueueCode.HEADERS), imm(0));
        g.mov(dword(R8, SplitQueueCode.HEADERS + 8), imm(0));
        g.lea(RAX, mem(R8, SplitQueueCode.HEADERS));
        queue.describe(0, HEADER_BYTES, SplitQueueCode.NEXT | written, 1);
        g.mov(RAX, RSI);
        queue.describe(1, -1, written, 0);
        queue.publish();
        g.bind(look);
        queue.take();
        g.test(RAX, RAX);
        g.jns(done);
        g.pause();
        g.jmp(look);
        g.bind(done);
        if (written == 0) {
            g.mov(EAX, dword(R8, SplitQueueCode.LENGTHS));
        } else {
            g.lea(EAX, mem(RCX, -HEADER_BYTES));
        }
    }
}
