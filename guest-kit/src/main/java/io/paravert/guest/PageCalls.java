package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.CpuidLeaf;
import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.isa.Immediate;
import io.paravert.isa.Operand;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Label;
import java.util.List;

/** Calls of 64-bit code: registers and the hypercall page. */
final class PageCalls extends CallPath {
    private static final List<Register> PLACES = List.of(RDI, RSI, RDX, R10, R8, R9);
    private static final int MAX_DIGITS = 64;

    PageCalls(PvAssembler asm) {
        super(asm);
    }

    @Override
    void discover() {
        Label next = asm.label();
        Label other = asm.label();
        Label absent = asm.label();
        Label done = asm.label();
        asm.mov(ESI, CpuidLeaf.BASE_FIRST);
        asm.bind(next);
        leaf(CpuidLeaf.SIGNATURE);
        asm.cmp(EBX, CpuidLeaf.SIGNATURE_EBX);
        asm.jne(other);
        asm.cmp(ECX, CpuidLeaf.SIGNATURE_ECX);
        asm.jne(other);
        asm.cmp(EDX, CpuidLeaf.SIGNATURE_EDX);
        asm.jne(other);
        leaf(CpuidLeaf.VERSION);
        asm.shr(EAX, 16);
        asm.cmp(EAX, AbiVersion.MAJOR);
        asm.jne(absent);
        keepPages();
        asm.jmp(done);
        asm.bind(other);
        asm.add(ESI, CpuidLeaf.BASE_STEP);
        asm.cmp(ESI, CpuidLeaf.BASE_LAST);
        asm.jbe(next);
        asm.bind(absent);
        asm.lea(RAX, at(asm.routine("calls without Paravert", () -> BareConsole.emit(asm))));
        asm.mov(qwordAt(found().entry()), RAX);
        asm.bind(done);
    }

    private void leaf(int offset) {
        asm.lea(EAX, mem(RSI, offset));
        asm.xor(ECX, ECX);
        asm.cpuid();
    }

    private void keepPages() {
        leaf(CpuidLeaf.CALL_PAGES);
        keep(RBX, RAX, found().entry());
        keep(RDX, RCX, found().callPages());
        leaf(CpuidLeaf.BOOT_PAGES);
        keep(RBX, RAX, found().doorbell());
        keep(RDX, RCX, found().bootInfo());
    }

    private void keep(Register high, Register low, Label place) {
        asm.shl(high, 32);
        asm.or(low, high);
        asm.mov(qwordAt(place), low);
    }

    @Override
    void call(int number, Operand... arguments) {
        move(PLACES, arguments);
        asm.mov(EAX, number);
        asm.call(qwordAt(found().entry()));
    }

    @Override
    void write(Operand address, Operand bytes) {
        move(PLACES, address, bytes);
        asm.call(asm.routine("write", this::writeRoutine));
    }

    /** RDI: address, RSI: bytes. A call takes what it likes, so there may have to be more of them. */
    private void writeRoutine() {
        Label again = asm.label();
        Label done = asm.label();
        asm.push(RBX);
        asm.push(RBP);
        asm.mov(RBX, RDI);
        asm.mov(RBP, RSI);
        asm.bind(again);
        asm.test(RBP, RBP);
        asm.jz(done);
        asm.mov(ESI, Limit.CONSOLE_BYTES);
        asm.cmp(RBP, RSI);
        asm.cmovb(RSI, RBP);
        call(Hypercall.CONSOLE_WRITE, RBX, RSI);
        asm.test(RAX, RAX);
        asm.js(done);
        asm.add(RBX, RAX);
        asm.sub(RBP, RAX);
        asm.jmp(again);
        asm.bind(done);
        asm.pop(RBP);
        asm.pop(RBX);
        asm.ret();
    }

    @Override
    void printNumber(Register number, int base) {
        move(PLACES, number, Immediate.of(base));
        asm.call(asm.routine("print number", this::numberRoutine));
    }

    /** RDI: number, ESI: base up to 16. */
    private void numberRoutine() {
        Label next = asm.label();
        Label digit = asm.label();
        asm.mov(RAX, RDI);
        asm.mov(ECX, ESI);
        asm.sub(RSP, MAX_DIGITS + 8);
        asm.lea(RDI, mem(RSP, MAX_DIGITS));
        asm.bind(next);
        asm.xor(EDX, EDX);
        asm.div(RCX);
        asm.cmp(DL, 10);
        asm.jb(digit);
        asm.add(DL, 'a' - '0' - 10);
        asm.bind(digit);
        asm.add(DL, '0');
        asm.dec(RDI);
        asm.mov(byte_(RDI), DL);
        asm.test(RAX, RAX);
        asm.jnz(next);
        asm.lea(RSI, mem(RSP, MAX_DIGITS));
        asm.sub(RSI, RDI);
        asm.call(asm.routine("write", this::writeRoutine));
        asm.add(RSP, MAX_DIGITS + 8);
        asm.ret();
    }
}
