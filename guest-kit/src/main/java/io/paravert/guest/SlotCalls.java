package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.CallPage;
import io.paravert.abi.CallSlotLayout;
import io.paravert.abi.CpuidLeaf;
import io.paravert.abi.Doorbell;
import io.paravert.abi.Hypercall;
import io.paravert.isa.Immediate;
import io.paravert.isa.Memory;
import io.paravert.isa.Operand;
import io.paravert.isa.Register;
import io.paravert.isa.RegisterClass;
import io.paravert.isa.asm.Label;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Calls of 16- and 32-bit code: slot 0 of vCPU 0's call page, and the call port. In real mode FS is the call page's segment.
 */
final class SlotCalls extends CallPath {
    private static final List<Register> WRITE_PLACES = List.of(ESI, ECX);
    private static final List<Register> NUMBER_PLACES = List.of(EAX, ECX);
    private static final int MAX_DIGITS = 32;
    private static final int PARAGRAPH_SHIFT = 4;

    private final boolean real;

    SlotCalls(PvAssembler asm) {
        super(asm);
        this.real = asm.mode() == GuestMode.REAL;
    }

    @Override
    void discover() {
        Label next = asm.label();
        Label other = asm.label();
        Label absent = asm.label();
        Label present = asm.label();
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
        asm.je(present);
        asm.jmp(absent);
        asm.bind(other);
        asm.add(ESI, CpuidLeaf.BASE_STEP);
        asm.cmp(ESI, CpuidLeaf.BASE_LAST);
        asm.jbe(next);
        // No other monitor starts a program in this mode: there is nobody to tell.
        asm.bind(absent);
        asm.halt();
        asm.bind(present);
        keepPages();
    }

    private void leaf(int offset) {
        asm.mov(EAX, ESI);
        if (offset != 0) {
            asm.add(EAX, offset);
        }
        asm.xor(ECX, ECX);
        asm.cpuid();
    }

    private void keepPages() {
        leaf(CpuidLeaf.TRANSPORTS);
        asm.movzx(ECX, CX);
        asm.mov(dwordAt(found().entry()), ECX);
        leaf(CpuidLeaf.BOOT_PAGES);
        asm.mov(dwordAt(found().doorbell()), EAX);
        asm.mov(dwordAt(found().bootInfo()), ECX);
        leaf(CpuidLeaf.CALL_PAGES);
        asm.mov(dwordAt(found().callPages()), ECX);
        if (real) {
            asm.shr(ECX, PARAGRAPH_SHIFT);
            asm.mov(FS, CX);
        }
    }

    @Override
    void call(int number, Operand... arguments) {
        LongFunction<Memory> slot = real ? offset -> dword(offset).withSegment(FS) : offset -> dword(EDX, offset);
        for (Operand argument : arguments) {
            if (!real && argument instanceof Register r && r.number() == EDX.number()) {
                throw new GuestProgramException("an argument in %s, which the call itself uses; use another", r);
            }
        }
        loadPage();
        fill(asm, slot, number, arguments);
        asm.mov(EDX, dwordAt(found().entry()));
        asm.xor(EAX, EAX);
        asm.out(DX, EAX);
        loadPage();
        asm.mov(EAX, slot.apply(CallSlotLayout.RESULT_OFFSET));
        asm.mov(EDX, slot.apply(CallSlotLayout.RESULT_OFFSET + Integer.BYTES));
    }

    private void loadPage() {
        if (!real) {
            asm.mov(EDX, dwordAt(found().callPages()));
        }
    }

    static void callByPort(PvAssembler asm, Register page, int slot, int number, Operand... arguments) {
        refuseBusy(page, DX, arguments);
        fill(asm, place(page, slot), number, arguments);
        asm.mov(EAX, slot);
        asm.out(DX, EAX);
        loadResult(asm, page, slot);
    }

    static void callByDoorbell(
            PvAssembler asm, Register page, Register doorbell, int slot, int number, Operand... arguments) {
        refuseBusy(page, doorbell, arguments);
        fill(asm, place(page, slot), number, arguments);
        asm.mov(dword(doorbell, Doorbell.CALL), slot);
        loadResult(asm, page, slot);
    }

    private static void refuseBusy(Register page, Register other, Operand... arguments) {
        if (page.number() == EAX.number() || page.number() == other.number()) {
            throw new GuestProgramException("the call page's address in %s, which the call itself uses", page);
        }
        if (arguments.length > MAX_ARGUMENTS) {
            throw new GuestProgramException("%d arguments; expected at most %d", arguments.length, MAX_ARGUMENTS);
        }
    }

    private static LongFunction<Memory> place(Register page, int slot) {
        if (slot < 0 || slot >= CallPage.SLOTS) {
            throw new GuestProgramException("slot %d of a call page; expected 0 to %d", slot, CallPage.SLOTS - 1);
        }
        return offset -> dword(page, slot * (long) CallSlotLayout.SIZE + offset);
    }

    private static void loadResult(PvAssembler asm, Register page, int slot) {
        Register accumulator = page.bits() == 64 ? RAX : EAX;
        asm.mov(
                accumulator,
                place(page, slot).apply(CallSlotLayout.RESULT_OFFSET).withSize(accumulator.bits()));
    }

    private static void fill(PvAssembler asm, LongFunction<Memory> slot, int number, Operand... arguments) {
        fillConstant(asm, slot, CallSlotLayout.NUMBER_OFFSET, number);
        for (int i = 0; i < arguments.length; i++) {
            long at = CallSlotLayout.ARGUMENTS_OFFSET + (long) i * CallSlotLayout.ARGUMENTS_STRIDE;
            if (arguments[i] instanceof Immediate constant) {
                fillConstant(asm, slot, at, constant.value());
            } else if (arguments[i] instanceof Register r && r.cls() == RegisterClass.GPR && r.bits() >= 32) {
                fillRegister(asm, slot, at, r);
            } else if (arguments[i] instanceof Label label) {
                asm.mov(slot.apply(at), label);
                asm.mov(slot.apply(at + Integer.BYTES), 0);
            } else {
                throw unusable(arguments[i]);
            }
        }
    }

    private static void fillConstant(PvAssembler asm, LongFunction<Memory> slot, long at, long value) {
        asm.mov(slot.apply(at), value & 0xffff_ffffL);
        asm.mov(slot.apply(at + Integer.BYTES), value >>> Integer.SIZE);
    }

    private static void fillRegister(PvAssembler asm, LongFunction<Memory> slot, long at, Register source) {
        asm.mov(slot.apply(at).withSize(source.bits()), source);
        if (source.bits() == 32) {
            asm.mov(slot.apply(at + Integer.BYTES), 0);
        }
    }

    @Override
    void write(Operand address, Operand bytes) {
        move(WRITE_PLACES, address, bytes);
        asm.call(asm.routine("write", this::writeRoutine));
    }

    /** ESI: address, ECX: bytes. A call takes what it likes, so there may have to be more of them. */
    private void writeRoutine() {
        Label again = asm.here();
        Label done = asm.label();
        asm.test(ECX, ECX);
        asm.jz(done);
        call(Hypercall.CONSOLE_WRITE, ESI, ECX);
        asm.test(EAX, EAX);
        asm.jle(done);
        asm.add(ESI, EAX);
        asm.sub(ECX, EAX);
        asm.jmp(again);
        asm.bind(done);
        asm.ret();
    }

    @Override
    void printNumber(Register number, int base) {
        move(NUMBER_PLACES, number, Immediate.of(base));
        asm.call(asm.routine("print number", this::numberRoutine));
    }

    /** EAX: number, ECX: base up to 16. */
    private void numberRoutine() {
        Label next = asm.label();
        Label digit = asm.label();
        Label digits = asm.reserve("digits", MAX_DIGITS, Integer.BYTES);
        asm.mov(EDI, digits);
        asm.add(EDI, MAX_DIGITS);
        asm.bind(next);
        asm.xor(EDX, EDX);
        asm.div(ECX);
        asm.cmp(DL, 10);
        asm.jb(digit);
        asm.add(DL, 'a' - '0' - 10);
        asm.bind(digit);
        asm.add(DL, '0');
        asm.dec(EDI);
        asm.mov(byte_(EDI), DL);
        asm.test(EAX, EAX);
        asm.jnz(next);
        asm.mov(ECX, digits);
        asm.add(ECX, MAX_DIGITS);
        asm.sub(ECX, EDI);
        asm.mov(ESI, EDI);
        asm.call(asm.routine("write", this::writeRoutine));
        asm.ret();
    }
}
