package io.paravert.lab.sensitive;

import static io.paravert.isa.Register.AL;
import static io.paravert.isa.Register.AX;
import static io.paravert.isa.Register.CR0;
import static io.paravert.isa.Register.CR3;
import static io.paravert.isa.Register.CR8;
import static io.paravert.isa.Register.CS;
import static io.paravert.isa.Register.DR7;
import static io.paravert.isa.Register.DX;
import static io.paravert.isa.Register.EAX;
import static io.paravert.isa.Register.ECX;
import static io.paravert.isa.Register.EDX;
import static io.paravert.isa.Register.FS;
import static io.paravert.isa.Register.RAX;
import static io.paravert.isa.Register.RSP;
import static io.paravert.isa.asm.Addresses.byte_;
import static io.paravert.isa.asm.Addresses.fword;
import static io.paravert.isa.asm.Addresses.mem;
import static io.paravert.isa.asm.Addresses.word;

import io.paravert.isa.asm.Assembler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The sensitive instructions of x86 in 64-bit mode (Robin and Irvine, USENIX Security 2000, and what has come since). */
final class SensitiveInstructions {
    private static final int FS_BASE = 0xc000_0100;
    private static final int EFER = 0xc000_0080;
    /** RFLAGS with IF set. */
    private static final int INTERRUPTS_ON = 0x202;

    private final List<SensitiveInstruction> all = new ArrayList<>();
    private final int selectors;

    /** @param level privilege level that the code will run at: its selectors are of that level */
    private SensitiveInstructions(int level) {
        this.selectors = level;
    }

    static List<SensitiveInstruction> at(int level) {
        SensitiveInstructions list = new SensitiveInstructions(level);
        list.privileged();
        list.flags();
        list.tables();
        list.selectors();
        list.transfers();
        list.others();
        return List.copyOf(list.all);
    }

    private void add(String name, String what, Consumer<Assembler> instruction) {
        add(name, what, a -> {}, instruction);
    }

    private void add(String name, String what, Consumer<Assembler> prepare, Consumer<Assembler> instruction) {
        all.add(new SensitiveInstruction(name, what, prepare, instruction));
    }

    private int code() {
        return TrialGuest.code(selectors);
    }

    private int data() {
        return TrialGuest.data(selectors);
    }

    private void privileged() {
        add("HLT", "stops the processor", Assembler::hlt);
        add("CLI", "masks interrupts", Assembler::cli);
        add("STI", "unmasks interrupts", Assembler::sti);
        add("CLTS", "changes CR0.TS", Assembler::clts);
        add("LMSW", "changes CR0", a -> a.mov(EAX, 0x33), a -> a.lmsw(AX));
        add("MOV r, CR0", "reads the machine's mode", a -> a.mov(RAX, CR0));
        add("MOV CR0, r", "changes the machine's mode", a -> a.mov(EAX, TrialGuest.CR0), a -> a.mov(CR0, RAX));
        add("MOV r, CR3", "reads where the page tables are", a -> a.mov(RAX, CR3));
        add("MOV CR3, r", "changes the address space", a -> a.mov(EAX, TrialGuest.PML4), a -> a.mov(CR3, RAX));
        add("MOV r, CR8", "reads the task priority", a -> a.mov(RAX, CR8));
        add("MOV r, DR7", "reads breakpoints", a -> a.mov(RAX, DR7));
        add("LGDT", "changes the descriptor table", a -> a.lgdt(mem(TrialGuest.GDT_POINTER)));
        add("LIDT", "changes the interrupt table", a -> a.lidt(mem(TrialGuest.IDT_POINTER)));
        add("LLDT", "changes the local descriptor table", a -> a.xor(EAX, EAX), a -> a.lldt(AX));
        add("LTR", "changes the task", a -> a.mov(EAX, TrialGuest.FREE_TASK), a -> a.ltr(AX));
        add("INVLPG", "drops a translation", a -> a.invlpg(byte_(TrialGuest.SCRATCH)));
        add("WBINVD", "empties the caches", Assembler::wbinvd);
        add("RDMSR", "reads a model-specific register", a -> a.mov(ECX, EFER), Assembler::rdmsr);
        add("WRMSR", "changes a model-specific register", SensitiveInstructions::zeroFsBase, Assembler::wrmsr);
        add("SWAPGS", "changes GS's base", Assembler::swapgs);
        add("IN", "reads a device", a -> a.mov(EDX, TrialGuest.PORT), a -> a.in(AL, DX));
        add("OUT", "writes to a device", a -> a.mov(EDX, TrialGuest.PORT), a -> a.out(DX, AL));
    }

    private static void zeroFsBase(Assembler a) {
        a.mov(ECX, FS_BASE);
        a.xor(EAX, EAX);
        a.xor(EDX, EDX);
    }

    private void flags() {
        add("PUSHF", "shows the real IF and IOPL", Assembler::pushfq);
        add("POPF", "a change of IF is silently lost", a -> a.push(INTERRUPTS_ON), Assembler::popfq);
    }

    private void tables() {
        add("SGDT", "shows the monitor's table", a -> a.sgdt(mem(TrialGuest.SCRATCH)));
        add("SIDT", "shows the monitor's table", a -> a.sidt(mem(TrialGuest.SCRATCH)));
        add("SLDT", "shows the monitor's selector", a -> a.sldt(AX));
        add("STR", "shows the monitor's task", a -> a.str(AX));
        add("SMSW", "shows the real CR0", a -> a.smsw(AX));
    }

    private void selectors() {
        Consumer<Assembler> selector = a -> a.mov(ECX, data());
        add("LAR", "depends on the real privilege level", selector, a -> a.lar(EAX, ECX));
        add("LSL", "depends on the real privilege level", selector, a -> a.lsl(EAX, ECX));
        add("VERR", "depends on the real privilege level", selector, a -> a.verr(word(TrialGuest.SELECTOR)));
        add("VERW", "depends on the real privilege level", selector, a -> a.verw(word(TrialGuest.SELECTOR)));
        add("MOV r, CS", "shows the real privilege level", a -> a.mov(EAX, CS));
        add("MOV FS, r", "refuses what level 0 may load", a -> a.mov(EAX, data()), a -> a.mov(FS, EAX));
        add("PUSH FS", "shows the real selector", a -> a.push(FS));
        add("POP FS", "refuses what level 0 may load", a -> a.push(data()), a -> a.pop(FS));
    }

    private void transfers() {
        add("JMP far", "goes by the real privilege level", a -> a.jmp_far(fword(TrialGuest.FAR_POINTER)));
        add("CALL far", "pushes the real CS", a -> a.call_far(fword(TrialGuest.FAR_POINTER)));
        add("RET far", "goes by the real privilege level", this::farFrame, Assembler::retfq);
        add("IRET", "a change of IF is silently lost", this::interruptFrame, Assembler::iretq);
    }

    private void farFrame(Assembler a) {
        a.push(code());
        a.push(TrialGuest.AFTER);
    }

    private void interruptFrame(Assembler a) {
        a.mov(RAX, RSP);
        a.push(data());
        a.push(RAX);
        a.push(INTERRUPTS_ON);
        a.push(code());
        a.push(TrialGuest.AFTER);
    }

    private void others() {
        add("CPUID", "shows what the processor has", a -> a.xor(EAX, EAX), Assembler::cpuid);
        add("RDTSC", "shows the real time, unless CR4.TSD", Assembler::rdtsc);
    }
}
