package io.paravert.soft;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.CODE;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.soft.SoftGuest.DEVICE;
import static io.paravert.vmm.engine.ExitReason.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.Memory;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.VcpuExit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a vCPU leaves the guest, and how what was left is completed. */
class ExitsTest {
    private final SoftGuest guest = new SoftGuest();

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    void shouldLeaveWithHaltAfterTheInstruction() {
        guest.code(a -> a.hlt());
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.state.rip).isEqualTo(CODE + 1);
    }

    @Test
    void shouldPassAHypercallWithItsArgumentsAndReturnTheResult() {
        guest.code(a -> {
            a.mov(RAX, 0x1_2345_6789L);
            a.mov(RDI, 1);
            a.mov(RSI, 2);
            a.mov(RDX, 3);
            a.mov(R10, 4);
            a.mov(R8, 5);
            a.mov(R9, -6);
            a.vmmcall();
            a.vmcall();
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HYPERCALL);
        assertThat(guest.exit.number()).isEqualTo(0x1_2345_6789L);
        for (int i = 0; i < VcpuExit.MAX_ARGUMENTS; i++) {
            assertThat(guest.exit.argument(i)).isEqualTo(i == 5 ? -6 : i + 1);
        }
        guest.exit.setResult(-38);
        assertThat(guest.run()).isEqualTo(HYPERCALL);
        assertThat(guest.exit.number()).isEqualTo(-38);
        guest.exit.setResult(7);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RAX)).isEqualTo(7);
    }

    @Test
    void shouldWriteAndReadPorts() {
        guest.code(a -> {
            a.mov(EAX, 0x11223344);
            a.out(imm(0x80), AL);
            a.mov(EDX, 0x1234);
            a.out(DX, EAX);
            a.in(AX, DX);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(PORT_WRITE);
        assertThat(guest.exit.port()).isEqualTo(0x80);
        assertThat(guest.exit.size()).isEqualTo(1);
        assertThat(guest.data()).isEqualTo(0x44);
        assertThat(guest.run()).isEqualTo(PORT_WRITE);
        assertThat(guest.exit.port()).isEqualTo(0x1234);
        assertThat(guest.data()).isEqualTo(0x11223344);
        assertThat(guest.run()).isEqualTo(PORT_READ);
        assertThat(guest.exit.size()).isEqualTo(2);
        guest.answer(0xffff_beefL);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RAX)).isEqualTo(0x1122beef);
    }

    @Test
    void shouldCompleteAPendingReadWithoutRunningTheNextInstruction() {
        guest.code(a -> {
            a.in(EAX, imm(0x60));
            a.mov(EAX, 1);
            a.hlt();
        });
        guest.run();
        guest.answer(0xcafe);
        guest.vcpu.completePending();
        guest.vcpu.readState(guest.state);
        assertThat(guest.get(RAX)).isEqualTo(0xcafe);
        assertThat(guest.state.rip).isEqualTo(CODE + 2);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RAX)).isEqualTo(1);
    }

    @Test
    void shouldMoveAPageOfStringOutputInOneExit() {
        guest.code(a -> {
            a.mov(ESI, DATA + 4096 - 8);
            a.mov(ECX, 6);
            a.mov(EDX, 0x3f8);
            a.rep().outsw();
            a.hlt();
        });
        for (int i = 0; i < 6; i++) {
            guest.put16(DATA + 4096 - 8 + 2 * i, 0x100 + i);
        }
        assertThat(guest.run()).isEqualTo(PORT_WRITE);
        assertThat(guest.exit.count()).isEqualTo(4);
        assertThat(RawMemory.getLong(guest.exit.dataAddress())).isEqualTo(0x0103_0102_0101_0100L);
        assertThat(guest.run()).isEqualTo(PORT_WRITE);
        assertThat(guest.exit.count()).isEqualTo(2);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RCX)).isZero();
        assertThat(guest.get(RSI)).isEqualTo(DATA + 4096 + 4);
    }

    @Test
    void shouldStoreAStringInputWhereItBelongs() {
        guest.code(a -> {
            a.mov(EDI, DATA);
            a.mov(ECX, 2);
            a.mov(EDX, 0x1f0);
            a.rep().insd();
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(PORT_READ);
        assertThat(guest.exit.count()).isEqualTo(2);
        guest.answer(0x2222_2222_1111_1111L);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get64(DATA)).isEqualTo(0x2222_2222_1111_1111L);
        assertThat(guest.get(RDI)).isEqualTo(DATA + 8);
    }

    @Test
    void shouldReadAndWriteADeviceForAReadModifyWrite() {
        guest.code(a -> {
            a.mov(EBX, DEVICE);
            a.mov(ECX, 5);
            a.add(mem(RBX, 8), ECX);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(MMIO_READ);
        assertThat(guest.exit.gpa()).isEqualTo(DEVICE + 8);
        assertThat(guest.exit.size()).isEqualTo(4);
        guest.answer(10);
        assertThat(guest.run()).isEqualTo(MMIO_WRITE);
        assertThat(guest.data()).isEqualTo(15);
        assertThat(guest.run()).isEqualTo(HALT);
    }

    @Test
    void shouldMoveStringsBetweenMemoryAndADevice() {
        guest.code(a -> {
            a.mov(ESI, DEVICE);
            a.mov(EDI, DATA);
            a.mov(ECX, 3);
            a.rep().movsb();
            a.hlt();
        });
        for (int i = 0; i < 3; i++) {
            assertThat(guest.run()).isEqualTo(MMIO_READ);
            assertThat(guest.exit.gpa()).isEqualTo(DEVICE + i);
            guest.answer(0x40 + i);
        }
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get32(DATA)).isEqualTo(0x424140);
    }

    @Test
    void shouldSplitAStoreThatIsHalfInADevice() {
        guest.put64(SoftGuest.DIRECTORY + 8 * 4, DEVICE | 0x87);
        guest.code(a -> {
            a.mov(RAX, 0x8877665544332211L);
            a.mov(ebxAddress(a), RAX);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(MMIO_WRITE);
        assertThat(guest.exit.gpa()).isEqualTo(DEVICE);
        assertThat(guest.exit.size()).isEqualTo(5);
        assertThat(guest.data()).isEqualTo(0x8877665544L);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get32(0x80_0000 - 4) >>> 8).isEqualTo(0x332211);
    }

    private static Memory ebxAddress(Assembler a) {
        a.mov(EBX, 0x80_0000 - 3);
        return mem(RBX);
    }

    @Test
    void shouldLeaveForAStoreToReadOnlyMemoryButNotForALoad() {
        try (var rom = io.paravert.memory.HostMapping.allocate(4096)) {
            RawMemory.putLong(rom.address(), 0x1234);
            guest.machine.mapMemory(DEVICE, rom.address(), 4096, true);
            guest.code(a -> {
                a.mov(EBX, DEVICE);
                a.mov(RCX, mem(RBX));
                a.mov(mem(RBX), CL);
                a.hlt();
            });
            assertThat(guest.run()).isEqualTo(MMIO_WRITE);
            assertThat(guest.exit.gpa()).isEqualTo(DEVICE);
            assertThat(guest.get(RCX)).isEqualTo(0x1234);
            assertThat(guest.run()).isEqualTo(HALT);
            guest.machine.unmapMemory(DEVICE);
        }
    }

    @Test
    void shouldRingADoorbellWithoutAnExit() throws Exception {
        AtomicInteger rings = new AtomicInteger();
        var events = guest.machine.doorbellEvents().orElseThrow();
        AutoCloseable mmio = events.listen(true, DEVICE + 0x10, 4, rings::incrementAndGet);
        AutoCloseable port = events.listen(false, 0x500, 1, () -> rings.addAndGet(100));
        guest.code(a -> {
            a.mov(EBX, DEVICE);
            a.mov(mem(RBX, 0x10), EAX);
            a.mov(EDX, 0x500);
            a.out(DX, AL);
            a.mov(byte_(RBX, 0x10), AL);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(MMIO_WRITE);
        assertThat(guest.exit.size()).isEqualTo(1);
        assertThat(rings).hasValue(101);
        mmio.close();
        port.close();
    }

    @Test
    void shouldStopATightLoopWhenKicked() throws Exception {
        guest.code(a -> {
            Label self = a.here();
            a.jmp(self);
        });
        Thread kicker = new Thread(() -> {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            guest.vcpu.kick();
        });
        kicker.start();
        assertThat(guest.run()).isEqualTo(INTERRUPTED);
        kicker.join();
        assertThat(guest.state.rip).isEqualTo(CODE);
    }

    @Test
    void shouldStopALongStringInstructionWhenKickedAndGoOnWithIt() {
        guest.code(a -> {
            a.mov(EDI, 0x80_0000);
            a.mov(ECX, 0x10_0000);
            a.rep().stosb();
            a.hlt();
        });
        guest.vcpu.kick();
        assertThat(guest.run()).isEqualTo(INTERRUPTED);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RCX)).isZero();
        assertThat(guest.get(RDI)).isEqualTo(0x90_0000);
    }

    @Test
    void shouldDeliverAnInjectedInterruptAndComeBack() {
        guest.setGate(0x50, CODE + 0x100, 0x8e00, 0);
        guest.code(a -> {
            a.sti();
            a.nop();
            a.hlt();
            a.mov(EBX, 1);
            a.hlt();
            a.org(0x100);
            a.mov(ECX, 2);
            a.iretq();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.vcpu.canTakeInterrupt()).isTrue();
        guest.vcpu.injectInterrupt(0x50);
        assertThat(guest.vcpu.canTakeInterrupt()).isFalse();
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RCX)).isEqualTo(2);
        assertThat(guest.get(RBX)).isEqualTo(1);
    }

    @Test
    void shouldSayWhenTheGuestCanTakeAnInterruptAndNotInAShadow() {
        guest.code(a -> {
            a.nop();
            a.cli();
            a.mov(EBX, 1);
            a.sti();
            a.mov(EBX, 2);
            a.mov(EBX, 3);
            a.hlt();
        });
        assertThat(guest.vcpu.canTakeInterrupt()).isFalse();
        guest.vcpu.requestInterruptWindow(true);
        assertThat(guest.run()).isEqualTo(INTERRUPT_WINDOW);
        assertThat(guest.get(RBX)).isEqualTo(2);
        assertThat(guest.vcpu.canTakeInterrupt()).isTrue();
        assertThat(guest.run()).isEqualTo(HALT);
    }

    @Test
    void shouldLeaveAfterEachInstructionWhenStepping() {
        guest.code(a -> {
            a.mov(EAX, 1);
            a.add(EAX, 2);
            a.hlt();
        });
        guest.vcpu.setSingleStep(true);
        assertThat(guest.run()).isEqualTo(DEBUG);
        assertThat(guest.state.rip).isEqualTo(CODE + 5);
        assertThat(guest.run()).isEqualTo(DEBUG);
        assertThat(guest.get(RAX)).isEqualTo(3);
        guest.vcpu.setSingleStep(false);
        assertThat(guest.run()).isEqualTo(HALT);
    }

    @Test
    void shouldShutDownOnATripleFault() {
        guest.state.idtLimit = 0;
        guest.load();
        guest.code(a -> a.ud2());
        assertThat(guest.run()).isEqualTo(SHUTDOWN);
        assertThat(guest.state.rip).isEqualTo(CODE);
        assertThat(guest.run()).isEqualTo(SHUTDOWN);
    }

    @Test
    void shouldTellTheMonitorsCpuidLeaves() {
        guest.execute(a -> {
            a.mov(EAX, 0x40000000);
            a.cpuid();
            a.hlt();
        });
        assertThat(guest.get(RAX)).isEqualTo(1);
        assertThat(guest.get(RDX)).isEqualTo(4);
    }
}
