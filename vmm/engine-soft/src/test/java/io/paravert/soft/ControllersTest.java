package io.paravert.soft;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.CODE;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.vmm.engine.ExitReason.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.InterruptLines;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.VcpuExit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Guests that use the engine's own interrupt controllers. Each gate leads to code that writes its vector to port 0x99. */
class ControllersTest {
    private static final int REPORT = 0x99;
    private static final long APIC = 0xfee0_0000L;
    private static final long IO_APIC = 0xfec0_0000L;
    private static final int VECTOR = 0x41;
    /** Real-mode page of application processors. */
    private static final int TRAMPOLINE = 0x90;

    /** Within real mode's reach. */
    private static final long LOW_DATA = 0x9_8000;

    private static final long LONG_HANDLER = 0xb_0000;

    private final SoftGuest guest = new SoftGuest(2, InterruptController.ENGINE);
    private final InterruptLines lines = guest.machine.interruptLines().orElseThrow();

    ControllersTest() {
        // The devices' GiB, onto itself.
        guest.put64(SoftGuest.PDPT + 3 * 8, 3L << 30 | 0x87);
        for (int vector = 0; vector < 256; vector++) {
            long handler = SoftGuest.HANDLERS + 16L * vector;
            int shown = vector;
            guest.code(CodeSize.CODE64, handler, a -> {
                a.mov(AL, shown);
                a.out(imm(REPORT), AL);
                a.hlt();
            });
        }
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private static void writeApic(Assembler a, int register, int value) {
        a.mov(RBX, APIC + register);
        a.mov(EAX, value);
        a.mov(dword(RBX), EAX);
    }

    private static void writeMsr(Assembler a, int number, long value) {
        a.mov(ECX, number);
        a.mov(EAX, (int) value);
        a.mov(EDX, (int) (value >>> 32));
        a.wrmsr();
    }

    private static void enableApic(Assembler a) {
        writeApic(a, 0xf0, 0x1ff);
    }

    private static void waitForInterrupt(Assembler a) {
        Label again = a.label();
        a.sti();
        a.bind(again);
        a.hlt();
        a.jmp(again);
    }

    private void expectReport(int vector) {
        assertThat(guest.run()).isEqualTo(PORT_WRITE);
        assertThat(guest.exit.port()).isEqualTo(REPORT);
        assertThat(guest.data()).isEqualTo(vector);
    }

    @Test
    void shouldWakeFromHaltByTheOneShotTimer() {
        guest.code(a -> {
            enableApic(a);
            writeApic(a, 0x3e0, 0b1011);
            writeApic(a, 0x320, VECTOR);
            writeApic(a, 0x380, 1_000_000);
            waitForInterrupt(a);
        });
        expectReport(VECTOR);
    }

    @Test
    void shouldInterruptALoopByThePeriodicTimerAgainAndAgain() {
        handler(VECTOR, a -> {
            a.inc(R8);
            a.mov(dword(RDI), EBP);
            a.iretq();
        });
        guest.code(a -> {
            enableApic(a);
            a.mov(RDI, APIC + 0xb0);
            a.xor(EBP, EBP);
            a.xor(R8D, R8D);
            writeApic(a, 0x3e0, 0b1011);
            writeApic(a, 0x320, 0x20000 | VECTOR);
            writeApic(a, 0x380, 200_000);
            a.sti();
            Label again = a.label();
            a.bind(again);
            a.cmp(R8, 5);
            a.jb(again);
            a.mov(AL, 5);
            a.out(imm(REPORT), AL);
        });
        expectReport(5);
    }

    @Test
    void shouldSpeakX2apicWithADeadlineInTheTsc() {
        guest.code(a -> {
            writeMsr(a, 0x1b, APIC | 0xd00);
            writeMsr(a, 0x80f, 0x1ff);
            writeMsr(a, 0x832, 0x40000 | VECTOR);
            a.rdtsc();
            a.add(EAX, 1_000_000);
            a.adc(EDX, 0);
            a.mov(ECX, 0x6e0);
            a.wrmsr();
            waitForInterrupt(a);
        });
        expectReport(VECTOR);
    }

    /** The deadline lies hours ahead, until the guest sets its TSC to just before it. */
    @Test
    void shouldHeedTheDeadlineWhenTheTscIsWritten() {
        long deadline = 100_000_000_000_000L;
        guest.code(a -> {
            writeMsr(a, 0x1b, APIC | 0xd00);
            writeMsr(a, 0x80f, 0x1ff);
            writeMsr(a, 0x832, 0x40000 | VECTOR);
            writeMsr(a, 0x6e0, deadline);
            writeMsr(a, 0x10, deadline - 1000);
            waitForInterrupt(a);
        });
        expectReport(VECTOR);
    }

    /** As in a PC: with CR0.NE clear an x87 exception is line 13, and the instruction that waits runs when its handler is done. */
    @Test
    void shouldInterruptByLine13ForX87ExceptionsWithoutNe() {
        handler(0x3d, a -> {
            a.inc(R8);
            a.fnclex();
            a.mov(AL, 0);
            a.out(imm(0xf0), AL);
            a.mov(AL, 0x20);
            a.out(imm(0xa0), AL);
            a.out(imm(0x20), AL);
            a.iretq();
        });
        guest.code(a -> {
            for (int[] write : new int[][] {
                {0x20, 0x11},
                {0xa0, 0x11},
                {0x21, 0x30},
                {0xa1, 0x38},
                {0x21, 4},
                {0xa1, 2},
                {0x21, 1},
                {0xa1, 1},
                {0x21, 0xfb},
                {0xa1, 0xdf}
            }) {
                a.mov(AL, write[1]);
                a.out(imm(write[0]), AL);
            }
            a.xor(R8D, R8D);
            a.mov(RAX, CR0);
            a.and(RAX, ~0x20);
            a.mov(CR0, RAX);
            a.mov(RDI, DATA);
            a.mov(word(RDI), 0x37b);
            a.sti();
            a.mov(ECX, 20);
            Label top = a.here();
            a.fninit();
            a.fldcw(word(RDI));
            a.fld1();
            a.fldz();
            a.fdivp(ST1, ST0);
            a.fwait();
            a.dec(ECX);
            a.jnz(top);
            a.mov(AL, 5);
            a.out(imm(REPORT), AL);
        });
        expectReport(5);
        assertThat(guest.get(R8)).isEqualTo(20);
    }

    @Test
    void shouldFaultOnX2apicRegistersInXapicMode() {
        guest.code(a -> {
            a.mov(ECX, 0x802);
            a.rdmsr();
        });
        expectReport(13);
    }

    @Test
    void shouldDeliverThePitThroughThePic() {
        guest.code(a -> {
            for (int[] write : new int[][] {
                {0x20, 0x11},
                {0xa0, 0x11},
                {0x21, 0x30},
                {0xa1, 0x38},
                {0x21, 4},
                {0xa1, 2},
                {0x21, 1},
                {0xa1, 1},
                {0x21, 0xfe},
                {0xa1, 0xff},
                {0x43, 0x30},
                {0x40, 0x00},
                {0x40, 0x08}
            }) {
                a.mov(AL, write[1]);
                a.out(imm(write[0]), AL);
            }
            waitForInterrupt(a);
        });
        expectReport(0x30);
    }

    @Test
    void shouldTakeALineThroughTheIoApicAndAgainAfterItsEnd() {
        handler(VECTOR, a -> {
            a.mov(AL, VECTOR);
            a.out(imm(REPORT), AL);
            writeApic(a, 0xb0, 0);
            a.iretq();
        });
        guest.code(a -> {
            enableApic(a);
            a.mov(AL, 0xff);
            a.out(imm(0x21), AL);
            a.mov(RBX, IO_APIC);
            a.mov(dword(RBX), 0x10 + 2 * 5);
            a.mov(dword(RBX, 0x10), 0x8000 | VECTOR);
            a.mov(AL, 1);
            a.out(imm(REPORT), AL);
            waitForInterrupt(a);
        });
        expectReport(1);
        lines.setLine(5, true);
        expectReport(VECTOR);
        // The level is still up when the interrupt ends.
        expectReport(VECTOR);
        lines.setLine(5, false);
        lines.signalMsi(APIC, VECTOR + 1);
        expectReport(VECTOR + 1);
    }

    @Test
    void shouldEndARunByAKickWhileHalted() throws InterruptedException {
        guest.code(a -> a.hlt());
        Thread kicker = new Thread(guest.vcpu::kick);
        kicker.start();
        assertThat(guest.run()).isEqualTo(INTERRUPTED);
        kicker.join();
        assertThat(guest.state.rip).isBetween(CODE, CODE + 1);
    }

    @Test
    void shouldDeliverAnNmiWithInterruptsOffAndHoldTheNextUntilIret() {
        handler(2, a -> {
            a.inc(R8);
            writeApic(a, 0x300, 0x44400);
            a.mov(R9, R8);
            a.cmp(R8, 2);
            Label last = a.label();
            a.je(last);
            a.iretq();
            a.bind(last);
            a.mov(AL, 2);
            a.out(imm(REPORT), AL);
        });
        guest.code(a -> {
            a.xor(R8D, R8D);
            enableApic(a);
            writeApic(a, 0x300, 0x44400);
            Label again = a.label();
            a.bind(again);
            a.jmp(again);
        });
        expectReport(2);
        assertThat(guest.get(R9)).isEqualTo(2);
    }

    @Test
    void shouldStartAnotherProcessorAndSendItAnInterrupt() throws Exception {
        guest.code(CodeSize.CODE16, TRAMPOLINE << 12, ControllersTest::applicationProcessor);
        // The real-mode interrupt table is at 0.
        guest.put32(4L * VECTOR, 0x9100_0000);
        guest.code(CodeSize.CODE16, 0x91000, a -> {
            a.mov(AL, 0x77);
            a.out(imm(REPORT), AL);
        });
        guest.code(a -> {
            enableApic(a);
            writeApic(a, 0x310, 1 << 24);
            writeApic(a, 0x300, 0x4500);
            writeApic(a, 0x300, 0x4600 | TRAMPOLINE);
            a.mov(RDI, LOW_DATA);
            Label again = a.label();
            a.bind(again);
            a.pause();
            a.cmp(word(RDI), 0);
            a.je(again);
            writeApic(a, 0x300, 0x4000 | VECTOR);
            a.mov(AL, 1);
            a.out(imm(REPORT), AL);
        });
        CountDownLatch made = new CountDownLatch(1);
        CompletableFuture<Long> reported = CompletableFuture.supplyAsync(() -> runSecond(made));
        assertThat(made.await(10, TimeUnit.SECONDS)).isTrue();
        expectReport(1);
        assertThat(reported.get(10, TimeUnit.SECONDS)).isEqualTo(0x77);
    }

    /** Enables its APIC by MSR, says that it is there, and waits. */
    private static void applicationProcessor(Assembler a) {
        writeMsr(a, 0x1b, APIC | 0xc00);
        writeMsr(a, 0x80f, 0x1ff);
        a.mov(AX, (int) (LOW_DATA >> 4));
        a.mov(DS, AX);
        a.mov(BX, 0);
        a.inc(word(BX));
        waitForInterrupt(a);
    }

    private long runSecond(CountDownLatch made) {
        try (EngineVcpu vcpu = guest.machine.createVcpu(1)) {
            made.countDown();
            VcpuExit exit = new VcpuExit();
            ExitReason reason = vcpu.run(exit);
            return reason == PORT_WRITE ? RawMemory.getByte(exit.dataAddress()) & 0xff : -1;
        }
    }

    @Test
    void shouldGiveKvmsClockThatAdvancesWithTheTsc() {
        guest.code(a -> {
            writeMsr(a, 0x4b564d01, DATA | 1);
            writeMsr(a, 0x4b564d00, DATA + 64);
            a.rdtsc();
            a.mov(AL, 1);
            a.out(imm(REPORT), AL);
        });
        expectReport(1);
        assertThat(guest.get32(DATA) & 1).isZero();
        assertThat(guest.get64(DATA + 8)).isEqualTo(guest.get64(DATA + 16)).isPositive();
        assertThat(guest.get64(DATA + 24)).isEqualTo(0x0000_0101_8000_0000L);
        long seconds = System.currentTimeMillis() / 1000;
        assertThat(guest.get32(DATA + 68) & 0xffff_ffffL).isBetween(seconds - 100, seconds + 1);
    }

    @Test
    void shouldEndAnInterruptByTheParavirtualWord() {
        handler(VECTOR, a -> {
            // As Linux does: clear the word if it is set, and touch the APIC only otherwise.
            a.inc(R8);
            a.btr(dword(RDI), imm(0));
            a.adc(R9, 0);
            a.iretq();
        });
        guest.code(a -> {
            a.mov(RDI, DATA);
            a.xor(R8D, R8D);
            a.xor(R9D, R9D);
            enableApic(a);
            writeMsr(a, 0x4b564d04, DATA | 1);
            a.sti();
            for (int i = 1; i <= 3; i++) {
                writeApic(a, 0x300, 0x44000 | VECTOR);
                Label again = a.label();
                a.bind(again);
                a.cmp(R8, i);
                a.jb(again);
            }
            a.mov(RBX, APIC + 0x100 + 0x20);
            a.mov(R10D, dword(RBX));
            a.mov(AL, 1);
            a.out(imm(REPORT), AL);
        });
        expectReport(1);
        assertThat(guest.get(R8)).isEqualTo(3);
        assertThat(guest.get(R9)).isEqualTo(3);
        assertThat(guest.get(R10)).isZero();
    }

    @Test
    void shouldHoldInterruptsBelowTheTaskPriority() {
        guest.code(a -> {
            enableApic(a);
            a.mov(EAX, 5);
            a.mov(CR8, RAX);
            a.sti();
            writeApic(a, 0x300, 0x44000 | VECTOR);
            a.mov(AL, 1);
            a.out(imm(REPORT), AL);
            writeApic(a, 0x80, 0x30);
            a.mov(RCX, CR8);
            waitForInterrupt(a);
        });
        expectReport(1);
        expectReport(VECTOR);
        assertThat(guest.get(RCX)).isEqualTo(3);
        assertThat(guest.vcpu.readMsr(0x1b)).isEqualTo(APIC | 0x900);
    }

    private void handler(int vector, Consumer<Assembler> source) {
        guest.setGate(vector, LONG_HANDLER, 0x8e00, 0);
        guest.code(CodeSize.CODE64, LONG_HANDLER, source);
    }
}
