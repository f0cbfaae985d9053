package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.BootSelector;
import io.paravert.isa.asm.Label;
import java.util.function.LongPredicate;

/**
 * What a 64-bit kernel needs for code in ring 3: a GDT with user segments, a TSS with the kernel's stack, page tables that say
 * which memory is the user's. The kernel's selectors are those of the boot GDT, so that gates made before stay right.
 */
public final class KernelTables {
    /** Selector of the user's data and stack segment, with its requested privilege level. */
    public static final int USER_DATA = 0x20 | Descriptors.RPL3;

    /** Selector of the user's code segment, with its requested privilege level. */
    public static final int USER_CODE = 0x28 | Descriptors.RPL3;

    private static final int TSS = 0x30;
    private static final int GDT_BYTES = TSS + 16;
    private static final int TSS_BYTES = 104;
    private static final int IO_MAP_BYTES = 8192;
    private static final int TSS_RSP0 = 4;
    private static final int TSS_IO_MAP = 102;
    private static final int GIB_MAPPED = 4;
    private static final int KERNEL_STACK_BYTES = 8192;
    private static final int IOPL_SHIFT = 12;
    private static final int RFLAGS_FIXED = 1 << 1;
    private static final int INTERRUPTS_ON = 1 << 9;
    private static final int INVALID_OPCODE = 6;
    private static final int SYSTEM_CALL = 0x80;
    /** INT 0x80: cd 80. */
    private static final int SYSTEM_CALL_OPCODE = 0x80cd;

    private final PvAssembler asm;
    private final LongPredicate user;
    private final Label gdt;
    private final Label tss;
    private final Label kernelStack;
    private final boolean ports;

    /**
     * Adds the tables to a program.
     *
     * @param user of a 2 MiB page's address, below 4 GiB: whether ring 3 may touch the page
     * @param ports whether ring 3 may use all ports: by IOPL, and by the TSS's bitmap for monitors that lose IOPL at IRETQ (PVM)
     */
    public KernelTables(PvAssembler asm, LongPredicate user, boolean ports) {
        asm.require64("rings");
        this.asm = asm;
        this.user = user;
        this.ports = ports;
        this.kernelStack = asm.stack(KERNEL_STACK_BYTES);
        this.tss = asm.data("TSS", Long.BYTES, this::tssImage);
        this.gdt = asm.data("GDT", Long.BYTES, this::gdtImage);
    }

    private void tssImage() {
        asm.space(TSS_RSP0);
        asm.dq(kernelStack, 0);
        asm.space(TSS_IO_MAP - TSS_RSP0 - Long.BYTES);
        asm.dw(TSS_BYTES);
        if (ports) {
            // A clear bit permits; a byte of ones must follow (Intel SDM vol. 1, 19.5.2).
            asm.space(IO_MAP_BYTES).db(0xff);
        }
    }

    private int tssBytes() {
        return ports ? TSS_BYTES + IO_MAP_BYTES + 1 : TSS_BYTES;
    }

    private void gdtImage() {
        asm.dq(Descriptors.NULL, Descriptors.code32(0), Descriptors.code64(0), Descriptors.data(0));
        asm.dq(Descriptors.data(3), Descriptors.code64(3));
        // The TSS's address is known to the guest only: load() adds it.
        asm.dq(Descriptors.tss64(0, tssBytes()), 0);
    }

    /** Loads all three. Takes RAX and RCX. */
    public KernelTables load() {
        Label register = asm.data("GDT register", Long.BYTES, () -> {
            asm.dw(GDT_BYTES - 1);
            asm.dq(gdt, 0);
        });
        Label pages = asm.data("page tables", PageTables.TABLE_BYTES, () -> PageTables.identity(asm, GIB_MAPPED, user));
        asm.lea(RCX, at(gdt));
        asm.lea(RAX, at(tss));
        asm.mov(word(RCX, TSS + 2), AX);
        asm.shr(RAX, 16);
        asm.mov(byte_(RCX, TSS + 4), AL);
        asm.mov(byte_(RCX, TSS + 7), AH);
        asm.shr(RAX, 16);
        asm.mov(dword(RCX, TSS + 8), EAX);
        asm.lgdt(at(register));
        asm.mov(EAX, BootSelector.DATA);
        asm.mov(DS, AX);
        asm.mov(ES, AX);
        asm.mov(SS, AX);
        asm.mov(EAX, TSS);
        asm.ltr(AX);
        asm.lea(RAX, at(pages));
        asm.mov(CR3, RAX);
        return this;
    }

    /**
     * Goes to ring 3 by IRETQ, with interrupts on. General registers are kept but for RAX; DS and ES get the user's segment.
     */
    public KernelTables enterUser(Label entry, Label stackTop) {
        asm.mov(EAX, USER_DATA);
        asm.mov(DS, AX);
        asm.mov(ES, AX);
        asm.push(USER_DATA);
        asm.lea(RAX, at(stackTop));
        asm.push(RAX);
        asm.push(RFLAGS_FIXED | INTERRUPTS_ON | (ports ? 3 << IOPL_SHIFT : 0));
        asm.push(USER_CODE);
        asm.lea(RAX, at(entry));
        asm.push(RAX);
        asm.iretq();
        return this;
    }

    /**
     * Has INT 0x80 in ring 3 go to a label, whose code runs on the kernel's stack with interrupts off and ends with IRETQ. There are
     * monitors that run ring 3 natively under an emulated ring 0 and answer the instruction with #UD (PVM); the kit then takes the
     * call from there.
     */
    public KernelTables systemCalls(Label handler) {
        Label undelivered = asm.routine("undelivered system call", () -> {
            Label other = asm.routine("#UD", () -> {
                asm.push(0);
                asm.push(INVALID_OPCODE);
                asm.jmp(asm.unhandledException());
            });
            asm.test(byte_(RSP, Long.BYTES), Descriptors.RPL3);
            asm.jz(other);
            asm.push(RAX);
            asm.mov(RAX, qword(RSP, Long.BYTES));
            asm.cmp(word(RAX), SYSTEM_CALL_OPCODE);
            asm.pop(RAX);
            asm.jne(other);
            asm.add(qword(RSP), 2);
            asm.jmp(handler);
        });
        asm.interrupts().handle(SYSTEM_CALL, 3, handler).handle(INVALID_OPCODE, 0, undelivered);
        return this;
    }
}
