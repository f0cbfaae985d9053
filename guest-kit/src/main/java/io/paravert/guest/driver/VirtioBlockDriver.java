package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceLayout;
import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * Virtio-blk over MMIO version 2 (virtio 1.2, 4.2.2 and 5.2) with one split queue (2.7), one request under way at a time, without
 * EVENT_IDX: it notifies for each, and polls for the end.
 *
 * <pre>
 *   0x000 descriptors   0x200 available ring   0x400 used ring   0x600 request's header   0x610 its status
 * </pre>
 */
final class VirtioBlockDriver implements DeviceDriver {
    private static final int ENTRIES = 8;
    private static final int AVAILABLE = 0x200;
    private static final int USED = 0x400;
    private static final int HEADER = 0x600;
    private static final int STATUS_BYTE = 0x610;
    private static final int BYTES = 0x620;
    private static final int PAGE = 4096;

    /** Registers of 4.2.2. */
    private static final int DRIVER_FEATURES = 0x020;

    private static final int DRIVER_FEATURES_SEL = 0x024;
    private static final int QUEUE_SEL = 0x030;
    private static final int QUEUE_NUM = 0x038;
    private static final int QUEUE_READY = 0x044;
    private static final int QUEUE_NOTIFY = 0x050;
    private static final int DEVICE_STATUS = 0x070;
    private static final int QUEUE_PARTS = 0x080;
    private static final int EACH_PART = 0x10;
    /** Of the device's own registers: where its virtio registers begin. */
    private static final int VIRTIO_REGISTER = 0x34;

    private static final int ACKNOWLEDGE = 1;
    private static final int DRIVER = 2;
    private static final int DRIVER_OK = 4;
    private static final int FEATURES_OK = 8;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int ASK_IN = 0;
    private static final int ASK_OUT = 1;
    private static final int ASK_FLUSH = 4;

    private final PvAssembler g;
    private final Label queue;
    private final Label window;

    VirtioBlockDriver(PvAssembler g) {
        this.g = g;
        this.queue = g.reserve("virtqueue", BYTES, PAGE);
        this.window = g.reserve("virtio window", Long.BYTES, Long.BYTES);
    }

    @Override
    public void begin() {
        g.mov(RCX, qword(RBX, DeviceLayout.MMIO_OFFSET));
        g.mov(EAX, dword(RCX, VIRTIO_REGISTER));
        g.add(RCX, RAX);
        g.mov(qwordAt(window), RCX);
        put(DEVICE_STATUS, 0);
        put(DEVICE_STATUS, ACKNOWLEDGE | DRIVER);
        put(DRIVER_FEATURES_SEL, 0);
        put(DRIVER_FEATURES, 0);
        // VERSION_1 is bit 32.
        put(DRIVER_FEATURES_SEL, 1);
        put(DRIVER_FEATURES, 1);
        put(DEVICE_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        Label fine = g.label();
        g.mov(EAX, dword(RCX, DEVICE_STATUS));
        g.test(EAX, FEATURES_OK);
        g.jnz(fine);
        g.crash("the virtio device refuses VERSION_1");
        g.bind(fine);
        put(QUEUE_SEL, 0);
        put(QUEUE_NUM, ENTRIES);
        int[] parts = {0, AVAILABLE, USED};
        for (int i = 0; i < parts.length; i++) {
            g.lea(RAX, at(queue).plus(parts[i]));
            g.mov(dword(RCX, QUEUE_PARTS + i * EACH_PART), EAX);
            g.shr(RAX, Integer.SIZE);
            g.mov(dword(RCX, QUEUE_PARTS + i * EACH_PART + Integer.BYTES), EAX);
        }
        put(QUEUE_READY, 1);
        put(DEVICE_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    private void put(int register, int value) {
        g.mov(dword(RCX, register), value);
    }

    /** @param op READ, WRITE or FLUSH, which has no data */
    @Override
    public void operation(int op) {
        int ask = switch (op) {
            case IoOp.READ -> ASK_IN;
            case IoOp.WRITE -> ASK_OUT;
            case IoOp.FLUSH -> ASK_FLUSH;
            default ->
                throw new IllegalArgumentException("op " + IoOp.nameOf(op) + "; this driver has READ, WRITE and FLUSH");
        };
        g.lea(R8, at(queue));
        g.mov(dword(R8, HEADER), ask);
        g.mov(qword(R8, HEADER + 8), RDI);
        g.mov(byte_(R8, STATUS_BYTE), 0xff);
        g.lea(RAX, mem(R8, HEADER));
        describe(0, 16, NEXT, op == IoOp.FLUSH ? 2 : 1);
        g.mov(qword(R8, 16), RSI);
        g.mov(dword(R8, 24), EDX);
        g.mov(dword(R8, 28), (op == IoOp.READ ? NEXT | WRITE : NEXT) | 2 << 16);
        g.lea(RAX, mem(R8, STATUS_BYTE));
        describe(2, 1, WRITE, 0);
        // Every ring entry is 0, the head's number, as the memory was reserved; only the index moves.
        g.movzx(ECX, word(R8, AVAILABLE + 2));
        g.inc(ECX);
        g.mov(word(R8, AVAILABLE + 2), CX);
        g.mov(RAX, qwordAt(window));
        g.mov(dword(RAX, QUEUE_NOTIFY), 0);
        Label look = g.label();
        Label come = g.label();
        Label fine = g.label();
        g.bind(look);
        g.cmp(word(R8, USED + 2), CX);
        g.je(come);
        g.pause();
        g.jmp(look);
        g.bind(come);
        g.mov(EAX, op == IoOp.FLUSH ? imm(0) : EDX);
        g.cmp(byte_(R8, STATUS_BYTE), 0);
        g.je(fine);
        g.mov(RAX, -PvError.EIO);
        g.bind(fine);
    }

    /** A descriptor whose address is in RAX. */
    private void describe(int index, int bytes, int flags, int next) {
        g.mov(qword(R8, 16L * index), RAX);
        g.mov(dword(R8, 16L * index + 8), bytes);
        g.mov(dword(R8, 16L * index + 12), flags | next << 16);
    }
}
