package io.paravert.load;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.EventAreaLayout;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/** The guest that drives a target: asks {@link Pace} what to do, and does it. */
final class LoadGuest {
    private LoadGuest() {}

    static GuestProgram program(LoadTarget target) {
        return PvAssembler.program(
                "load",
                GuestMode.LONG,
                g -> target.queue(g).ifPresentOrElse(queue -> new Queued(g, queue).body(), () -> oneByOne(g, target)));
    }

    private static void oneByOne(PvAssembler g, LoadTarget target) {
        Label ask = g.label("ask");
        Label go = g.label("go");
        Label over = g.label("over");
        target.setUp(g);
        g.xor(R13D, R13D);
        g.bind(ask);
        g.hypercall(Pace.NEXT, imm(0), R13);
        g.test(RAX, RAX);
        g.js(over);
        g.jz(go);
        g.mov(R12, RAX);
        g.clock();
        g.add(R12, RAX);
        g.vcpuPoll(R12);
        g.jmp(ask);
        g.bind(go);
        target.operation(g);
        g.mov(R13, RAX);
        g.jmp(ask);
        g.bind(over);
        g.shutdown(0);
    }

    /**
     * Several operations at once. RBP is the event area, R12 until when to sleep, R13 how many tags are free, R15 the tag in hand.
     */
    private static final class Queued {
        private final PvAssembler g;
        private final LoadTarget.Queue queue;
        private final Label free;
        private final Label channel;
        private final Label look;
        private final Label ask;
        private final Label sleep;
        private final Label over;

        Queued(PvAssembler g, LoadTarget.Queue queue) {
            this.g = g;
            this.queue = queue;
            free = g.reserve("free tags", queue.depth() * Integer.BYTES, Integer.BYTES);
            channel = g.reserve("channel", Long.BYTES, Long.BYTES);
            look = g.label("look");
            ask = g.label("ask");
            sleep = g.label("sleep");
            over = g.label("over");
        }

        void body() {
            begin();
            look();
            ask();
            sleep();
            g.bind(over);
            g.shutdown(0);
        }

        private void begin() {
            g.mov(RBP, qwordAt(g.bootInfo()));
            g.mov(RBP, qword(RBP, BootInfoLayout.EVENT_AREA_OFFSET));
            g.eventArea(RBP);
            g.exitOnError(11);
            queue.begin();
            g.exitOnError(12);
            g.mov(qwordAt(channel), RAX);
            g.xor(R13D, R13D);
            Label next = g.here("next tag");
            g.mov(R15D, R13D);
            giveBack();
            g.cmp(R13D, queue.depth());
            g.jb(next);
        }

        /** The tag in hand is free. */
        private void giveBack() {
            g.lea(RCX, at(free));
            g.mov(dword(RCX, R13, Integer.BYTES, 0), R15D);
            g.inc(R13D);
        }

        /** Goes on with a tag in hand, and what became of its operation, if it had one, in RDX. */
        private void look() {
            Label none = g.label("none");
            Label full = g.label("full");
            g.bind(look);
            queue.take();
            g.test(RAX, RAX);
            g.js(none);
            g.mov(R15, RAX);
            g.jmp(ask);
            g.bind(none);
            g.test(R13D, R13D);
            g.jz(full);
            g.dec(R13D);
            g.lea(RCX, at(free));
            g.mov(R15D, dword(RCX, R13, Integer.BYTES, 0));
            g.xor(EDX, EDX);
            g.jmp(ask);
            g.bind(full);
            g.hypercall(Pace.NEXT, imm(-1), imm(0));
            g.test(RAX, RAX);
            g.js(over);
            sleepFor();
        }

        private void ask() {
            Label go = g.label("go");
            g.bind(ask);
            g.hypercall(Pace.NEXT, R15, RDX);
            g.test(RAX, RAX);
            g.js(over);
            g.jz(go);
            g.mov(R12, RAX);
            giveBack();
            g.mov(RAX, R12);
            sleepFor();
            g.bind(go);
            g.mov(ECX, R15D);
            queue.submit();
            g.jmp(look);
        }

        /** Sleeps for the ns in RAX. */
        private void sleepFor() {
            g.mov(R12, RAX);
            g.clock();
            g.add(R12, RAX);
            g.jmp(sleep);
        }

        private void sleep() {
            g.bind(sleep);
            queue.arm();
            g.test(EAX, EAX);
            g.jnz(look);
            g.vcpuPoll(R12);
            g.mov(RCX, qwordAt(channel));
            g.lock().btr(qword(RBP, EventAreaLayout.PENDING_OFFSET), RCX);
            g.jmp(look);
        }
    }
}
