package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceLayout;
import io.paravert.abi.Hypercall;
import io.paravert.abi.RingCompletionLayout;
import io.paravert.abi.RingFlag;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.abi.RingMagic;
import io.paravert.abi.RingSubmissionLayout;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/** A shared-memory ring, one operation under way at a time. */
final class RingDriver implements DeviceDriver {
    private static final int ENTRIES = 8;
    private static final int SUBMISSIONS = RingHeaderLayout.SIZE;
    private static final int COMPLETIONS = SUBMISSIONS + ENTRIES * RingSubmissionLayout.SIZE;
    private static final int BYTES = COMPLETIONS + ENTRIES * RingCompletionLayout.SIZE;
    private static final int PAGE = 4096;
    /** Entries are 64 bytes. */
    private static final int ENTRY_SHIFT = 6;

    private final PvAssembler g;
    private final int mode;
    private final Label ring;
    private final Label number;

    RingDriver(PvAssembler g, int mode) {
        this.g = g;
        this.mode = mode;
        this.ring = g.reserve("ring", BYTES, PAGE);
        this.number = g.reserve("ring number", Long.BYTES, Long.BYTES);
    }

    @Override
    public void begin() {
        g.lea(RSI, at(ring));
        g.mov(dword(RSI, RingHeaderLayout.MAGIC_OFFSET), RingMagic.MAGIC);
        g.mov(dword(RSI, RingHeaderLayout.VERSION_OFFSET), RingMagic.VERSION);
        g.mov(dword(RSI, RingHeaderLayout.BYTES_OFFSET), BYTES);
        g.mov(dword(RSI, RingHeaderLayout.SUBMISSION_OFFSET_OFFSET), SUBMISSIONS);
        g.mov(dword(RSI, RingHeaderLayout.COMPLETION_OFFSET_OFFSET), COMPLETIONS);
        g.mov(dword(RSI, RingHeaderLayout.SUBMISSION_ENTRIES_OFFSET), ENTRIES);
        g.mov(dword(RSI, RingHeaderLayout.COMPLETION_ENTRIES_OFFSET), ENTRIES);
        g.mov(dword(RSI, RingHeaderLayout.MODE_OFFSET), mode);
        g.mov(EDI, dword(RBX, DeviceLayout.NUMBER_OFFSET));
        g.hypercall(Hypercall.RING_SETUP, RDI, RSI);
        Label fine = g.label();
        g.test(RAX, RAX);
        g.jns(fine);
        g.crash("the ring is refused");
        g.bind(fine);
        g.mov(qwordAt(number), RAX);
    }

    @Override
    public void operation(int op) {
        submit(op);
        await();
    }

    private void submit(int op) {
        Label awake = g.label();
        g.lea(R8, at(ring));
        g.mov(ECX, dword(R8, RingHeaderLayout.SUBMISSION_TAIL_OFFSET));
        g.mov(R9D, ECX);
        g.and(R9D, ENTRIES - 1);
        g.shl(R9D, ENTRY_SHIFT);
        g.add(R9, R8);
        g.mov(dword(R9, SUBMISSIONS + RingSubmissionLayout.OP_OFFSET), op);
        g.mov(dword(R9, SUBMISSIONS + RingSubmissionLayout.BYTES_OFFSET), EDX);
        g.mov(qword(R9, SUBMISSIONS + RingSubmissionLayout.OFFSET_OFFSET), RDI);
        g.mov(qword(R9, SUBMISSIONS + RingSubmissionLayout.GPA_OFFSET), RSI);
        g.inc(ECX);
        // Stores of x86 are seen in order: the entry is there when the tail is.
        g.mov(dword(R8, RingHeaderLayout.SUBMISSION_TAIL_OFFSET), ECX);
        // The tail must be out before the flag is read, or both sides could wait.
        g.mfence();
        g.test(dword(R8, RingHeaderLayout.SUBMISSION_FLAGS_OFFSET), RingFlag.NEED_WAKEUP);
        g.jz(awake);
        g.mov(RDI, qwordAt(number));
        g.hypercall(Hypercall.RING_DOORBELL, RDI);
        g.bind(awake);
    }

    private void await() {
        Label look = g.label();
        Label come = g.label();
        Label end = g.label();
        g.lea(R8, at(ring));
        g.mov(ECX, dword(R8, RingHeaderLayout.COMPLETION_HEAD_OFFSET));
        g.bind(look);
        g.cmp(dword(R8, RingHeaderLayout.COMPLETION_TAIL_OFFSET), ECX);
        g.jne(come);
        g.pause();
        g.movsxd(RAX, dword(R8, RingHeaderLayout.STATUS_OFFSET));
        g.test(EAX, EAX);
        g.jz(look);
        // The device serves this ring no more.
        g.jmp(end);
        g.bind(come);
        g.mov(R9D, ECX);
        g.and(R9D, ENTRIES - 1);
        g.shl(R9D, ENTRY_SHIFT);
        g.mov(RAX, qword(R8, R9, 1, COMPLETIONS + RingCompletionLayout.RESULT_OFFSET));
        g.inc(ECX);
        g.mov(dword(R8, RingHeaderLayout.COMPLETION_HEAD_OFFSET), ECX);
        g.bind(end);
    }
}
