package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.Hypercall;
import io.paravert.isa.asm.Label;

/**
 * The code that ends a 64-bit guest at an exception: a CRASH call with a message such as
 * {@code exception #PF, error code 0x2, at 0x100123, CR2 0xdead000}.
 *
 * <pre>
 *   its stack:  RSP + 0 vector   8 error code   16 RIP   24 CS   32 RFLAGS   40 RSP   48 SS
 * </pre>
 */
final class ExceptionReport {
    /** Mnemonics of vectors 0 to 31, two letters each (Intel SDM vol. 3, 6.3.1; AMD APM vol. 2, 8.2). */
    private static final String MNEMONICS = "DEDBNMBPOFBRUDNMDF--TSNPSSGPPF--MFACMCXMVECP------------HVVCSX--";

    private static final int MESSAGE_BYTES = 160;
    private static final int ERROR_CODE = 8;
    private static final int RIP_PUSHED = 16;

    private final PvAssembler asm;

    ExceptionReport(PvAssembler asm) {
        this.asm = asm;
    }

    void emit() {
        Label message = asm.reserve("exception message", MESSAGE_BYTES, Long.BYTES);
        asm.cld();
        asm.lea(RDI, at(message));
        text("exception #");
        asm.mov(RCX, qword(RSP));
        asm.lea(RAX, at(asm.string(MNEMONICS)));
        asm.mov(AX, word(RAX, RCX, 2, 0));
        asm.stosw();
        text(", error code 0x");
        hex(ERROR_CODE);
        text(", at 0x");
        hex(RIP_PUSHED);
        text(", CR2 0x");
        asm.mov(RAX, CR2);
        asm.call(hexRoutine());
        asm.mov(RSI, RDI);
        asm.lea(RDI, at(message));
        asm.sub(RSI, RDI);
        asm.hypercall(Hypercall.CRASH, RDI, RSI);
        asm.halt();
    }

    private void text(String text) {
        asm.lea(RSI, at(asm.string(text)));
        asm.mov(ECX, text.length());
        asm.rep().movsb();
    }

    private void hex(int offset) {
        asm.mov(RAX, qword(RSP, offset));
        asm.call(hexRoutine());
    }

    private Label hexRoutine() {
        return asm.routine("append hexadecimal", this::appendHex);
    }

    /** RAX: number; RDI: where its digits go, and beyond them at the end. Takes RCX, RDX. */
    private void appendHex() {
        Label skip = asm.label();
        Label digits = asm.label();
        Label letter = asm.label();
        Label store = asm.label();
        asm.mov(ECX, 16);
        // Rotates the leading digit to the bottom; leading zeros are passed over, the last digit never.
        asm.bind(skip);
        asm.dec(ECX);
        asm.jz(digits);
        asm.rol(RAX, 4);
        asm.test(AL, 0xf);
        asm.jz(skip);
        asm.ror(RAX, 4);
        asm.bind(digits);
        asm.rol(RAX, 4);
        asm.mov(EDX, EAX);
        asm.and(EDX, 0xf);
        asm.cmp(DL, 10);
        asm.jae(letter);
        asm.add(DL, '0');
        asm.jmp(store);
        asm.bind(letter);
        asm.add(DL, 'a' - 10);
        asm.bind(store);
        asm.mov(byte_(RDI), DL);
        asm.inc(RDI);
        asm.dec(ECX);
        asm.jns(digits);
        asm.ret();
    }
}
