package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * The driver's side of one split queue (virtio 1.2, 2.7). An operation has three descriptors, those from three times its tag on.
 *
 * <pre>
 *   0x000 descriptors   0x800 available ring   0xa00 used ring   0x1000 headers   0x1200 lengths   0x1280 status   0x12a0 taken
 * </pre>
 */
final class SplitQueueCode {
    static final int NEXT = 1;
    static final int WRITE = 2;

    private static final int ENTRIES = 128;
    private static final int AVAILABLE = 0x800;
    private static final int AVAILABLE_RING = AVAILABLE + 4;
    private static final int USED_EVENT = AVAILABLE_RING + ENTRIES * 2;
    private static final int USED = 0xa00;
    private static final int USED_RING = USED + 4;
    private static final int AVAILABLE_EVENT = USED_RING + ENTRIES * 8;
    /** 16 bytes for each tag. */
    static final int HEADERS = 0x1000;
    /** Four bytes for each tag: what its result is if it succeeds. */
    static final int LENGTHS = 0x1200;
    /** A byte for each tag. */
    static final int STATUS = 0x1280;

    private static final int TAKEN = 0x12a0;
    private static final int BYTES = 0x12a8;
    private static final int PAGE = 4096;
    private static final int DESCRIPTOR_SHIFT = 4;
    /** Of indexes below 2^15: times this, shifted by 17, is a third. */
    private static final int THIRD = 0xaaab;

    private static final int THIRD_SHIFT = 17;

    private final PvAssembler g;
    private final VirtioRegisters registers;
    private final int index;
    private final Label queue;

    SplitQueueCode(PvAssembler g, VirtioRegisters registers, int index) {
        this.g = g;
        this.registers = registers;
        this.index = index;
        this.queue = g.reserve("virtqueue " + index, BYTES, PAGE);
    }

    /** Emits its hand-over; the window is in RCX. */
    void begin() {
        g.lea(R8, at(queue));
        // No interrupts until one is wished for; with EVENT_IDX the index says so.
        g.mov(word(R8, AVAILABLE), registers.has(VirtioOption.EVENT_IDX) ? imm(0) : imm(1));
        registers.setQueue(index, ENTRIES, queue, AVAILABLE, USED);
    }

    /** Emits R8 = the queue, R9 = the offset of the first descriptor and R10 = that of the header of the tag in ECX. */
    void locate() {
        g.lea(R8, at(queue));
        g.lea(R9D, mem(RCX, RCX, 2, 0));
        g.shl(R9D, DESCRIPTOR_SHIFT);
        g.mov(R10D, ECX);
        g.shl(R10D, DESCRIPTOR_SHIFT);
        g.mov(dword(R8, RCX, 4, LENGTHS), EDX);
    }

    /**
     * Emits a descriptor of the operation that was located: its address is in RAX, its length in EDX or given.
     *
     * @param which 0 to 2
     * @param bytes -1 for EDX
     * @param next the one that follows if {@code flags} say so
     */
    void describe(int which, int bytes, int flags, int next) {
        int at = which << DESCRIPTOR_SHIFT;
        g.mov(qword(R8, R9, 1, at), RAX);
        if (bytes < 0) {
            g.mov(dword(R8, R9, 1, at + 8), EDX);
        } else {
            g.mov(dword(R8, R9, 1, at + 8), imm(bytes));
        }
        g.lea(EAX, mem(RCX, RCX, 2, next));
        g.shl(EAX, Short.SIZE);
        g.or(EAX, flags);
        g.mov(dword(R8, R9, 1, at + 12), EAX);
    }

    /** Emits the publication of the operation that was located, and the notification if the device asks for one. */
    void publish() {
        Label awake = g.label();
        g.lea(R11D, mem(RCX, RCX, 2, 0));
        g.movzx(EAX, word(R8, AVAILABLE + 2));
        g.mov(R10D, EAX);
        g.and(R10D, ENTRIES - 1);
        g.mov(word(R8, R10, 2, AVAILABLE_RING), R11W);
        g.mov(R10D, EAX);
        g.inc(EAX);
        // Stores of x86 are seen in order: the entry is there when the index is.
        g.mov(word(R8, AVAILABLE + 2), AX);
        // The index must be out before the device's wish is read, or both sides could wait.
        g.mfence();
        if (registers.has(VirtioOption.EVENT_IDX)) {
            // 2.7.7.2: the index has moved by one, so it has passed the device's if it stood there.
            g.cmp(word(R8, AVAILABLE_EVENT), R10W);
            g.jne(awake);
        } else {
            g.test(word(R8, USED), imm(1));
            g.jnz(awake);
        }
        registers.notifyQueue(index);
        g.bind(awake);
    }

    /** Emits a look for a used buffer: its tag in RAX, or -1; R8 = the queue, ECX = the bytes that were written. */
    void take() {
        Label some = g.label();
        Label end = g.label();
        g.lea(R8, at(queue));
        g.movzx(EDX, word(R8, TAKEN));
        g.cmp(word(R8, USED + 2), DX);
        g.jne(some);
        g.mov(RAX, imm(-1));
        g.jmp(end);
        g.bind(some);
        g.mov(R9D, EDX);
        g.and(R9D, ENTRIES - 1);
        g.mov(ECX, dword(R8, R9, 8, USED_RING + 4));
        if (registers.has(VirtioOption.IN_ORDER)) {
            // The device may write one entry for many (2.7.9): which these are, the driver knows by itself.
            g.movzx(EAX, word(R8, R9, 2, AVAILABLE_RING));
        } else {
            g.mov(EAX, dword(R8, R9, 8, USED_RING));
        }
        g.imul(EAX, EAX, THIRD);
        g.shr(EAX, THIRD_SHIFT);
        g.inc(EDX);
        g.mov(word(R8, TAKEN), DX);
        if (!registers.has(VirtioOption.EVENT_IDX)) {
            g.mov(word(R8, AVAILABLE), imm(1));
        }
        g.bind(end);
    }

    /** Emits the wish for an interrupt at the next used buffer: not 0 in RAX if there is one. */
    void arm() {
        g.lea(R8, at(queue));
        g.movzx(EAX, word(R8, TAKEN));
        if (registers.has(VirtioOption.EVENT_IDX)) {
            g.mov(word(R8, USED_EVENT), AX);
        } else {
            g.mov(word(R8, AVAILABLE), imm(0));
        }
        g.mfence();
        g.movzx(EDX, word(R8, USED + 2));
        g.sub(EAX, EDX);
    }
}
