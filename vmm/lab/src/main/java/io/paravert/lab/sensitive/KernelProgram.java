package io.paravert.lab.sensitive;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import java.util.ArrayList;
import java.util.List;

/**
 * A small 64-bit kernel, written for ring 0 and for nothing else: it loads its tables, looks at them, runs critical sections, returns
 * from interrupts, sets up MSRs, says a line on a serial port and halts. What it sees of the machine on the way it logs.
 *
 * <pre>
 *   0x10000 GDT, IDT and pointers    0x14000 code    0x18000 log    stack below 0x1c000
 * </pre>
 */
final class KernelProgram {
    static final int GDT = 0x1_0000;
    static final int GDT_LIMIT = 0x27;
    static final int IDT = 0x1_0800;
    static final int IDT_LIMIT = 0xff;
    static final int GDT_POINTER = 0x1_0100;
    static final int IDT_POINTER = 0x1_0110;
    static final int FAR_POINTER = 0x1_0120;
    static final int SCRATCH = 0x1_0200;
    static final int TSS = 0x1_0300;
    static final int CODE = 0x1_4000;
    static final int LOG = 0x1_8000;
    static final int STACK = 0x1_c000;
    static final int CODE_SELECTOR = 0x08;
    static final int DATA_SELECTOR = 0x10;
    static final int TASK_SELECTOR = 0x18;
    static final int PORT = 0x3f8;
    static final String LINE = "kernel: up\n";

    private static final int INTERRUPTS_ON = 0x202;
    private static final int IF = 0x200;
    private static final int EFER = 0xc000_0080;
    private static final int FS_BASE = 0xc000_0100;
    private static final int CRITICAL_SECTIONS = 10;
    private static final int TS = 8;

    /** What the kernel logs, in order: the instruction that gave it. */
    final List<String> seen = new ArrayList<>();

    final byte[] code;
    /** Where CALL through {@link #FAR_POINTER} leads. */
    final int farTarget;

    KernelProgram() {
        Assembler a = new Assembler(CodeSize.CODE64);
        a.mov(R15, LOG);
        loadTables(a);
        lookAtTables(a);
        lookAtSelectors(a);
        criticalSections(a);
        Label called = transfers(a);
        registers(a);
        say(a);
        a.hlt();
        code = a.assemble(CODE);
        farTarget = (int) called.address();
    }

    private void log(Assembler a, String instruction, Register value) {
        a.mov(qword(R15), value);
        a.add(R15, 8);
        seen.add(instruction);
    }

    private static void loadTables(Assembler a) {
        a.cli();
        a.lgdt(mem(GDT_POINTER));
        a.lidt(mem(IDT_POINTER));
        a.mov(EAX, DATA_SELECTOR);
        a.mov(SS, EAX);
        a.mov(DS, EAX);
        a.xor(EAX, EAX);
        a.lldt(AX);
        a.mov(EAX, TASK_SELECTOR);
        a.ltr(AX);
        a.mov(RAX, CR0);
        a.or(RAX, TS);
        a.mov(CR0, RAX);
        a.mov(RAX, CR3);
        a.mov(CR3, RAX);
        a.invlpg(byte_(SCRATCH));
        a.wbinvd();
    }

    private void lookAtTables(Assembler a) {
        a.sgdt(mem(SCRATCH));
        a.mov(RAX, qword(SCRATCH + 2));
        log(a, "SGDT", RAX);
        a.sidt(mem(SCRATCH));
        a.mov(RAX, qword(SCRATCH + 2));
        log(a, "SIDT", RAX);
        a.sldt(EAX);
        log(a, "SLDT", RAX);
        a.str(EAX);
        log(a, "STR", RAX);
        a.smsw(EAX);
        log(a, "SMSW", RAX);
        a.clts();
        a.mov(RAX, CR0);
        log(a, "MOV r, CR", RAX);
    }

    private void lookAtSelectors(Assembler a) {
        a.mov(EAX, CS);
        log(a, "MOV r, Sreg", RAX);
        a.push(FS);
        a.pop(RAX);
        log(a, "PUSH Sreg", RAX);
        a.mov(ECX, DATA_SELECTOR);
        a.xor(EAX, EAX);
        a.lar(EAX, ECX);
        log(a, "LAR", RAX);
        a.lsl(EAX, ECX);
        log(a, "LSL", RAX);
        a.xor(EAX, EAX);
        a.verr(CX);
        a.setz(AL);
        log(a, "VERR", RAX);
        a.verw(CX);
        a.setz(AL);
        log(a, "VERW", RAX);
    }

    private void logInterruptFlag(Assembler a, String instruction) {
        a.pushfq();
        a.pop(RAX);
        a.and(EAX, IF);
        log(a, instruction, RAX);
    }

    /** As kernels save, disable and restore. */
    private void criticalSections(Assembler a) {
        a.sti();
        a.mov(EBX, CRITICAL_SECTIONS);
        Label again = a.here();
        a.pushfq();
        a.cli();
        a.inc(dword(SCRATCH));
        a.popfq();
        a.dec(EBX);
        a.jnz(again);
        a.cli();
        logInterruptFlag(a, "PUSHF");
        a.push(INTERRUPTS_ON);
        a.popfq();
        // The monitor knows: the kernel asks it by a port whether interrupts may come.
        a.mov(EDX, PORT + 1);
        a.in(AL, DX);
        a.movzx(EAX, AL);
        log(a, "POPF", RAX);
        a.cli();
    }

    private Label transfers(Assembler a) {
        Label after = a.label();
        Label called = a.label();
        a.push(CODE_SELECTOR);
        a.lea(RAX, at(after));
        a.push(RAX);
        a.retfq();
        a.bind(after);
        a.call_far(fword(FAR_POINTER));
        a.bind(called);
        // Of 32 bits each: EIP, and above it CS.
        a.pop(RAX);
        a.shr(RAX, 32);
        log(a, "CALL far", RAX);
        // Back from an interrupt, whose frame has the CS that this code runs with.
        Label back = a.label();
        a.mov(RCX, RSP);
        a.mov(EAX, SS);
        a.push(RAX);
        a.push(RCX);
        a.push(INTERRUPTS_ON);
        a.mov(EAX, CS);
        a.push(RAX);
        a.lea(RAX, at(back));
        a.push(RAX);
        a.iretq();
        a.bind(back);
        a.mov(EDX, PORT + 1);
        a.in(AL, DX);
        a.movzx(EAX, AL);
        log(a, "IRET", RAX);
        a.cli();
        return called;
    }

    private void registers(Assembler a) {
        a.mov(ECX, EFER);
        a.rdmsr();
        log(a, "RDMSR", RAX);
        a.mov(ECX, FS_BASE);
        a.mov(EAX, SCRATCH);
        a.xor(EDX, EDX);
        a.wrmsr();
        a.swapgs();
        a.swapgs();
        a.mov(RAX, DR7);
        log(a, "MOV r, DR", RAX);
        a.mov(RAX, CR8);
        log(a, "MOV r, CR", RAX);
        a.rdtsc();
        a.xor(EAX, EAX);
        a.cpuid();
    }

    private static void say(Assembler a) {
        a.mov(EDX, PORT);
        for (int i = 0; i < LINE.length(); i++) {
            a.mov(AL, LINE.charAt(i));
            a.out(DX, AL);
        }
    }
}
