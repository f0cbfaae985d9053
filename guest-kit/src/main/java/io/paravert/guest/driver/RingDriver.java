package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceLayout;
import io.paravert.abi.EventKind;
import io.paravert.abi.Hypercall;
import io.paravert.abi.RingCompletionLayout;
import io.paravert.abi.RingFlag;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.abi.RingMagic;
import io.paravert.abi.RingSubmissionLayout;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Label;

/** A shared-memory ring. */
final class RingDriver implements QueueDriver {
    private static final int ENTRIES = MOST;
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
    public PvAssembler assembler() {
        return g;
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
    public void bindEvent() {
        g.mov(RSI, qwordAt(number));
        g.eventBind(EventKind.RING, RSI, 0);
    }

    @Override
    public void submit(int op) {
        Label awake = g.label();
        g.lea(R8, at(ring));
        g.mov(R10D, dword(R8, RingHeaderLayout.SUBMISSION_TAIL_OFFSET));
        entry(R10D);
        g.mov(qword(R9, SUBMISSIONS + RingSubmissionLayout.USER_DATA_OFFSET), RCX);
        g.mov(dword(R9, SUBMISSIONS + RingSubmissionLayout.OP_OFFSET), op);
        g.mov(dword(R9, SUBMISSIONS + RingSubmissionLayout.BYTES_OFFSET), EDX);
        g.mov(qword(R9, SUBMISSIONS + RingSubmissionLayout.OFFSET_OFFSET), RDI);
        g.mov(qword(R9, SUBMISSIONS + RingSubmissionLayout.GPA_OFFSET), RSI);
        g.inc(R10D);
        // Stores of x86 are seen in order: the entry is there when the tail is.
        g.mov(dword(R8, RingHeaderLayout.SUBMISSION_TAIL_OFFSET), R10D);
        // The tail must be out before the flag is read, or both sides could wait.
        g.mfence();
        g.test(dword(R8, RingHeaderLayout.SUBMISSION_FLAGS_OFFSET), RingFlag.NEED_WAKEUP);
        g.jz(awake);
        g.mov(RDI, qwordAt(number));
        g.hypercall(Hypercall.RING_DOORBELL, RDI);
        g.bind(awake);
    }

    /** R9 = where the entry of an index is, less the offset at which entries begin; the ring is in R8. */
    private void entry(Register index) {
        g.mov(R9D, index);
        g.and(R9D, ENTRIES - 1);
        g.shl(R9D, ENTRY_SHIFT);
        g.add(R9, R8);
    }

    @Override
    public void take() {
        Label some = g.label();
        Label end = g.label();
        g.lea(R8, at(ring));
        g.mov(ECX, dword(R8, RingHeaderLayout.COMPLETION_HEAD_OFFSET));
        g.cmp(dword(R8, RingHeaderLayout.COMPLETION_TAIL_OFFSET), ECX);
        g.jne(some);
        g.movsxd(RDX, dword(R8, RingHeaderLayout.STATUS_OFFSET));
        g.mov(RAX, imm(-1));
        g.jmp(end);
        g.bind(some);
        entry(ECX);
        g.mov(RAX, qword(R9, COMPLETIONS + RingCompletionLayout.USER_DATA_OFFSET));
        g.mov(RDX, qword(R9, COMPLETIONS + RingCompletionLayout.RESULT_OFFSET));
        g.inc(ECX);
        g.mov(dword(R8, RingHeaderLayout.COMPLETION_FLAGS_OFFSET), 0);
        g.mov(dword(R8, RingHeaderLayout.COMPLETION_HEAD_OFFSET), ECX);
        g.bind(end);
    }

    @Override
    public void arm() {
        g.lea(R8, at(ring));
        g.mov(dword(R8, RingHeaderLayout.COMPLETION_FLAGS_OFFSET), RingFlag.NEED_WAKEUP);
        // The wish must be out before the tail is read, or both sides could wait.
        g.mfence();
        g.mov(EAX, dword(R8, RingHeaderLayout.COMPLETION_TAIL_OFFSET));
        g.sub(EAX, dword(R8, RingHeaderLayout.COMPLETION_HEAD_OFFSET));
    }
}
