package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.EventAreaLayout;
import io.paravert.abi.EventKind;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * A console to type on: it edits a line, says it back, and ends at {@code exit}, at Ctrl-D, or where the input ends. It shows an event
 * channel: the console's event is bound to a channel, and the vCPU sleeps in VCPU_POLL until a key is pressed. The order
 * matters: the pending bit is cleared <em>before</em> the console is read, so that a key that comes in between wakes it again.
 */
public final class Echo implements ExampleGuest {
    private static final int CONSOLE = 0;
    private static final int LINE_BYTES = 120;
    private static final int BACKSPACE = 8;
    private static final int DELETE = 127;
    private static final int CONTROL_D = 4;
    /** {@code exit} as a little-endian number. */
    private static final int EXIT = 'e' | 'x' << 8 | 'i' << 16 | 't' << 24;

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String summary() {
        return "an interactive console; type 'exit' or Ctrl-D to leave";
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.LONG, g -> new Echo.Code(g).body());
    }

    /** Its registers: RBX end of the line so far, RBP event area, R12 channel. */
    private static final class Code {
        private final PvAssembler g;
        private final Label line;
        private final Label key;
        private final Label end;

        Code(PvAssembler g) {
            this.g = g;
            this.line = g.reserve("line", LINE_BYTES, 8);
            this.key = g.reserve("key", 8, 8);
            this.end = g.label("end");
        }

        void body() {
            bindChannel();
            g.print("Type something; 'exit' or Ctrl-D ends.\n");
            Label prompt = g.here("prompt");
            Label next = g.label("next key");
            g.print("> ");
            g.lea(RBX, at(line));
            g.bind(next);
            readKey();
            edit(next);
            answer(prompt);
            g.bind(end);
            g.print("Bye.\n");
        }

        private void bindChannel() {
            g.mov(RBP, qwordAt(g.bootInfo()));
            g.mov(RBP, qword(RBP, BootInfoLayout.EVENT_AREA_OFFSET));
            g.eventArea(RBP);
            g.exitOnError(1);
            g.eventBind(EventKind.DEVICE, imm(CONSOLE), 0);
            g.exitOnError(1);
            g.mov(R12, RAX);
        }

        /** Leaves a key in AL; sleeps until there is one. */
        private void readKey() {
            Label read = g.here();
            Label have = g.label();
            Label sleep = g.label();
            g.lock().btr(qword(RBP, EventAreaLayout.PENDING_OFFSET), R12);
            g.consoleRead(key, 1);
            g.jumpIfAgain(sleep);
            g.test(RAX, RAX);
            g.jg(have);
            g.jmp(end);
            g.bind(sleep);
            g.vcpuPoll(imm(-1));
            g.jmp(read);
            g.bind(have);
            g.mov(AL, byteAt(key));
        }

        /** Falls through with a whole line. */
        private void edit(Label next) {
            Label whole = g.label();
            Label erase = g.label();
            Label finish = g.label();
            for (int newline : new int[] {'\r', '\n'}) {
                g.cmp(AL, newline);
                g.je(whole);
            }
            g.cmp(AL, CONTROL_D);
            g.je(finish);
            for (int key : new int[] {BACKSPACE, DELETE}) {
                g.cmp(AL, key);
                g.je(erase);
            }
            g.cmp(AL, ' ');
            g.jb(next);
            g.lea(RCX, at(line).plus(LINE_BYTES));
            g.cmp(RBX, RCX);
            g.jae(next);
            g.mov(byte_(RBX), AL);
            g.write(RBX, imm(1));
            g.inc(RBX);
            g.jmp(next);

            g.bind(erase);
            g.lea(RCX, at(line));
            g.cmp(RBX, RCX);
            g.je(next);
            g.dec(RBX);
            g.print("\b \b");
            g.jmp(next);

            g.bind(finish);
            g.lea(RCX, at(line));
            g.cmp(RBX, RCX);
            g.jne(next);
            g.print("\n");
            g.jmp(end);
            g.bind(whole);
        }

        private void answer(Label prompt) {
            Label other = g.label();
            g.print("\n");
            g.lea(RCX, at(line));
            g.sub(RBX, RCX);
            g.jz(prompt);
            g.cmp(RBX, 4);
            g.jne(other);
            g.cmp(dwordAt(line), EXIT);
            g.je(end);
            g.bind(other);
            g.print("You said: ");
            g.write(line, RBX);
            g.print("\n");
            g.jmp(prompt);
        }
    }
}
