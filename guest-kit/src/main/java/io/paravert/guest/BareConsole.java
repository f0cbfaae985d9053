package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.Hypercall;
import io.paravert.abi.Port;
import io.paravert.abi.PvError;
import io.paravert.isa.asm.Label;

/**
 * What stands in for the hypercall page when another monitor has started the program: the console is the first serial port
 * (16550, polled), SHUTDOWN tries the debug exit port of QEMU and then the keyboard controller's reset, every other call
 * answers {@code -ENOSYS}.
 */
final class BareConsole {
    private static final int COM1 = 0x3f8;
    private static final int LINE_STATUS = COM1 + 5;
    private static final int TRANSMITTER_EMPTY = 1 << 5;
    private static final int KEYBOARD_COMMAND = 0x64;
    private static final int PULSE_RESET = 0xfe;

    private BareConsole() {}

    static void emit(PvAssembler asm) {
        Label write = asm.label();
        Label shutdown = asm.label();
        asm.cmp(EAX, Hypercall.CONSOLE_WRITE);
        asm.je(write);
        asm.cmp(EAX, Hypercall.SHUTDOWN);
        asm.je(shutdown);
        asm.mov(RAX, -PvError.ENOSYS);
        asm.ret();
        asm.bind(write);
        emitWrite(asm);
        asm.bind(shutdown);
        asm.mov(EAX, EDI);
        asm.out(Port.DEBUG_EXIT, EAX);
        asm.mov(EAX, PULSE_RESET);
        asm.out(KEYBOARD_COMMAND, AL);
        asm.cli();
        asm.halt();
    }

    /** RDI: address, RSI: bytes; all are taken. */
    private static void emitWrite(PvAssembler asm) {
        Label again = asm.label();
        Label busy = asm.label();
        Label done = asm.label();
        asm.push(RDX);
        asm.xor(ECX, ECX);
        asm.bind(again);
        asm.cmp(RCX, RSI);
        asm.je(done);
        asm.mov(EDX, LINE_STATUS);
        asm.bind(busy);
        asm.in(AL, DX);
        asm.test(AL, TRANSMITTER_EMPTY);
        asm.jz(busy);
        asm.mov(EDX, COM1);
        asm.mov(AL, byte_(RDI, RCX, 1, 0));
        asm.out(DX, AL);
        asm.inc(RCX);
        asm.jmp(again);
        asm.bind(done);
        asm.mov(RAX, RSI);
        asm.pop(RDX);
        asm.ret();
    }
}
