package io.paravert.load;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.EventAreaLayout;
import io.paravert.abi.EventKind;
import io.paravert.abi.Hypercall;
import io.paravert.abi.IoOp;
import io.paravert.abi.RingCompletionLayout;
import io.paravert.abi.RingFlag;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.abi.RingMagic;
import io.paravert.abi.RingMode;
import io.paravert.abi.RingSubmissionLayout;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/** A guest's driver of a shared-memory ring, one operation at a time. */
final class BlockRing {
    private static final int ENTRIES = 8;
    private static final int PAGE = 4096;
    private static final int SUBMISSIONS = RingHeaderLayout.SIZE;
    private static final int COMPLETIONS = SUBMISSIONS + ENTRIES * RingSubmissionLayout.SIZE;
    private static final int BYTES = COMPLETIONS + ENTRIES * RingCompletionLayout.SIZE;
    private static final int ENTRY_SHIFT = 6;

    private BlockRing() {}

    private static Label ring(PvAssembler g) {
        return g.shared("block-ring", BYTES, PAGE);
    }

    private static Label word(PvAssembler g, String name) {
        return g.shared("block-ring-" + name, Long.BYTES, Long.BYTES);
    }

    /** Lays the ring out, hands it to the device, and binds its completions to a channel. */
    static void setUp(PvAssembler g) {
        g.mov(RDI, ring(g));
        put(g, RingHeaderLayout.MAGIC_OFFSET, RingMagic.MAGIC);
        put(g, RingHeaderLayout.VERSION_OFFSET, RingMagic.VERSION);
        put(g, RingHeaderLayout.BYTES_OFFSET, BYTES);
        put(g, RingHeaderLayout.SUBMISSION_OFFSET_OFFSET, SUBMISSIONS);
        put(g, RingHeaderLayout.COMPLETION_OFFSET_OFFSET, COMPLETIONS);
        put(g, RingHeaderLayout.SUBMISSION_ENTRIES_OFFSET, ENTRIES);
        put(g, RingHeaderLayout.COMPLETION_ENTRIES_OFFSET, ENTRIES);
        put(g, RingHeaderLayout.MODE_OFFSET, RingMode.DOORBELL);
        g.mov(RBP, qwordAt(g.bootInfo()));
        g.mov(RBP, qword(RBP, BootInfoLayout.EVENT_AREA_OFFSET));
        g.mov(qwordAt(word(g, "events")), RBP);
        g.eventArea(RBP);
        g.exitOnError(11);
        g.hypercall(Hypercall.RING_SETUP, imm(LoadTarget.DEVICE), ring(g));
        g.exitOnError(12);
        g.mov(qwordAt(word(g, "number")), RAX);
        g.mov(RBX, RAX);
        g.eventBind(EventKind.RING, RBX, 0);
        g.exitOnError(13);
        g.mov(qwordAt(word(g, "channel")), RAX);
    }

    private static void put(PvAssembler g, int field, int value) {
        g.mov(dword(RDI, field), imm(value));
    }

    /** Reads sector RBX and what follows to RBP; the result is in RAX. */
    static void operation(PvAssembler g, int bytes) {
        submit(g, bytes);
        await(g);
        g.mov(dword(RDI, RingHeaderLayout.COMPLETION_FLAGS_OFFSET), imm(0));
        g.lea(EAX, dword(RSI, -1));
        g.and(EAX, ENTRIES - 1);
        g.shl(EAX, ENTRY_SHIFT);
        g.mov(RAX, qword(RDI, RAX, 1, COMPLETIONS + RingCompletionLayout.RESULT_OFFSET));
        g.mov(dword(RDI, RingHeaderLayout.COMPLETION_HEAD_OFFSET), ESI);
    }

    private static void submit(PvAssembler g, int bytes) {
        Label awake = g.label("awake");
        g.mov(RDI, ring(g));
        g.mov(ESI, dwordAt(word(g, "tail")));
        g.mov(EAX, ESI);
        g.and(EAX, ENTRIES - 1);
        g.shl(EAX, ENTRY_SHIFT);
        g.lea(RDX, qword(RDI, RAX, 1, SUBMISSIONS));
        g.mov(qword(RDX, RingSubmissionLayout.USER_DATA_OFFSET), RSI);
        // The flags behind it are 0.
        g.mov(dword(RDX, RingSubmissionLayout.OP_OFFSET), imm(IoOp.READ));
        g.mov(dword(RDX, RingSubmissionLayout.BYTES_OFFSET), imm(bytes));
        g.mov(qword(RDX, RingSubmissionLayout.OFFSET_OFFSET), RBX);
        g.mov(qword(RDX, RingSubmissionLayout.GPA_OFFSET), RBP);
        g.inc(ESI);
        g.mov(dwordAt(word(g, "tail")), ESI);
        g.mov(dword(RDI, RingHeaderLayout.SUBMISSION_TAIL_OFFSET), ESI);
        // The tail must be out before the flag is read, or both sides could fall asleep.
        g.mfence();
        g.test(dword(RDI, RingHeaderLayout.SUBMISSION_FLAGS_OFFSET), imm(RingFlag.NEED_WAKEUP));
        g.jz(awake);
        g.mov(RBX, qwordAt(word(g, "number")));
        g.hypercall(Hypercall.RING_DOORBELL, RBX);
        g.bind(awake);
    }

    /** Leaves the ring in RDI and its tail in ESI. */
    private static void await(PvAssembler g) {
        Label done = g.label("done");
        Label wait = g.here();
        g.mov(RDI, ring(g));
        g.mov(ESI, dwordAt(word(g, "tail")));
        g.mov(dword(RDI, RingHeaderLayout.COMPLETION_FLAGS_OFFSET), imm(RingFlag.NEED_WAKEUP));
        g.mfence();
        g.cmp(dword(RDI, RingHeaderLayout.COMPLETION_TAIL_OFFSET), ESI);
        g.je(done);
        g.vcpuPoll(imm(-1));
        g.mov(RDX, qwordAt(word(g, "events")));
        g.mov(RCX, qwordAt(word(g, "channel")));
        g.lock().btr(qword(RDX, EventAreaLayout.PENDING_OFFSET), RCX);
        g.jmp(wait);
        g.bind(done);
    }
}
