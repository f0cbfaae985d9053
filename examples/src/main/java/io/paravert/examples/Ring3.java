package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.KernelTables;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * A tiny kernel with an application in ring 3: the application has one page of 2 MiB, makes system calls by INT 0x80, and
 * computes at the processor's own speed. At last it tries HLT, which only ring 0 may execute; the processor tells the kernel by #GP.
 *
 * <pre>
 *   system call in EAX:  1 write RDI (address), RSI (bytes)   2 write RDI as a number      RBX, RBP and RSP are kept
 * </pre>
 */
public final class Ring3 implements ExampleGuest {
    private static final int GENERAL_PROTECTION = 13;
    private static final int SYSTEM_CALL = 0x80;
    private static final int WRITE = 1;
    private static final int WRITE_NUMBER = 2;

    private static final int USER_PAGE = 0x20_0000;
    private static final int USER_END = 0x40_0000;
    private static final int USER_STACK = 4096;
    private static final int SUM_TO = 100_000;

    @Override
    public String name() {
        return "ring3";
    }

    @Override
    public String summary() {
        return "an application in ring 3 over a tiny kernel";
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.LONG, Ring3::kernel);
    }

    private static void kernel(PvAssembler g) {
        Label stackTop = g.label("application's stack");
        Label application = g.data("application", USER_PAGE, () -> application(g, stackTop));
        KernelTables tables = new KernelTables(g, page -> page == USER_PAGE, false);
        Label systemCall = g.label("system call");
        Label protectionFault = g.label("#GP");
        g.interrupts().handle(GENERAL_PROTECTION, 0, protectionFault);

        tables.systemCalls(systemCall).load();
        g.print("kernel: starting the application\n");
        tables.enterUser(application, stackTop);

        g.bind(systemCall);
        serve(g);
        g.bind(protectionFault);
        // Its frame: error code, RIP, CS.
        g.test(byte_(RSP, 16), 3);
        Label own = g.label();
        g.jz(own);
        g.print("kernel: ring 3 tried what it may not (#GP); it is stopped\n");
        g.shutdown(0);
        g.bind(own);
        g.crash("#GP in the kernel");
    }

    private static void serve(PvAssembler g) {
        Label number = g.label();
        Label unknown = g.label();
        g.cmp(EAX, WRITE_NUMBER);
        g.je(number);
        g.cmp(EAX, WRITE);
        g.jne(unknown);
        // What the application names must be its own, and the sum must not overflow.
        g.cmp(RDI, USER_PAGE);
        g.jb(unknown);
        g.cmp(RDI, USER_END);
        g.jae(unknown);
        g.mov(EAX, USER_END);
        g.sub(RAX, RDI);
        g.cmp(RSI, RAX);
        g.ja(unknown);
        g.write(RDI, RSI);
        g.iretq();
        g.bind(number);
        g.printDecimal(RDI);
        g.iretq();
        g.bind(unknown);
        g.mov(RAX, -1);
        g.iretq();
    }

    private static void application(PvAssembler g, Label stackTop) {
        Label hello = g.label();
        Label sum = g.label();
        Label end = g.label();
        Label done = g.label();
        write(g, hello, sum);
        g.xor(EBX, EBX);
        g.mov(ECX, SUM_TO);
        Label again = g.here();
        g.add(RBX, RCX);
        g.dec(ECX);
        g.jnz(again);
        write(g, sum, end);
        g.mov(RDI, RBX);
        g.mov(EAX, WRITE_NUMBER);
        g.int_(SYSTEM_CALL);
        write(g, end, done);
        g.hlt();
        g.bind(hello);
        g.ascii("application: hello from ring 3\n");
        g.bind(sum);
        g.ascii("application: the sum of 1 to " + SUM_TO + " is ");
        g.bind(end);
        g.ascii("\napplication: now HLT\n");
        g.bind(done);
        g.align(16, 0);
        g.space(USER_STACK);
        g.bind(stackTop);
    }

    private static void write(PvAssembler g, Label from, Label to) {
        g.lea(RDI, at(from));
        g.lea(RSI, at(to));
        g.sub(RSI, RDI);
        g.mov(EAX, WRITE);
        g.int_(SYSTEM_CALL);
    }
}
