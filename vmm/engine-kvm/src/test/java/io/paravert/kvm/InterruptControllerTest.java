package io.paravert.kvm;

import static io.paravert.kvm.TestMachine.HANDLER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.InterruptLines;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Interrupts by the PIC, the I/O APIC, the local APICs and the PIT in the kernel. */
@OnKvm
@SuppressWarnings("try")
class InterruptControllerTest {
    /** Enables the local APIC, leaves by port 0x50, then halts with interrupts on. */
    private static final String APIC = "bb0000e0fe c783f0000000ff010000 e650 fb f4 ebfd";

    /** EOI to the local APIC, then port 0x51. */
    private static final String APIC_HANDLER = "50 b8b000e0fe c70000000000 e651 58 48cf";

    /** EOI to the PIC (which the monitor never sees), then port 0x51. */
    private static final String PIC_HANDLER = "50 b020 e620 58 e651 48cf";

    /** Redirects I/O APIC pin 5 to vector 0x41, masks the PIC, enables the local APIC, port 0x50, halts. */
    private static final String IO_APIC = "bb0000c0fe c7031a000000 c7431041000000 c7031b000000 c7431000000000"
            + "b0ff e621 e6a1 bb0000e0fe c783f0000000ff010000 e650 fb f4 ebfd";

    /** Sets the PIC up with vector 0x20 on, all lines open, port 0x50, halts. */
    private static final String PIC = "b011e620 b020e621 b004e621 b001e621 b000e621 e650 fb f4 ebfd";

    private static TestMachine machine() {
        return new TestMachine(InterruptController.ENGINE);
    }

    private static InterruptLines lines(TestMachine machine) {
        return machine.machine().interruptLines().orElseThrow();
    }

    private static EngineVcpu start(TestMachine machine, String code, int vector, String handler) {
        EngineVcpu vcpu = machine.start(Mode.LONG, code);
        machine.put(HANDLER, handler);
        machine.gate(vector, HANDLER);
        machine.expectOut(vcpu, 0x50);
        return vcpu;
    }

    @Test
    void shouldDeliverMessageSignalledInterrupts() {
        try (TestMachine machine = machine()) {
            EngineVcpu vcpu = start(machine, APIC, 0x45, APIC_HANDLER);
            for (int i = 0; i < 3; i++) {
                lines(machine).signalMsi(0xfee0_0000L, 0x45);
                machine.expectOut(vcpu, 0x51);
            }
        }
    }

    @Test
    void shouldDeliverLinesThroughTheIoApic() {
        try (TestMachine machine = machine()) {
            EngineVcpu vcpu = start(machine, IO_APIC, 0x41, APIC_HANDLER);
            for (int i = 0; i < 3; i++) {
                lines(machine).setLine(5, true);
                lines(machine).setLine(5, false);
                machine.expectOut(vcpu, 0x51);
            }
        }
    }

    @Test
    void shouldDeliverPulsesOfAnEventfd() {
        try (TestMachine machine = machine();
                InterruptLines.Pulse pulse = lines(machine).openPulse(5)) {
            EngineVcpu vcpu = start(machine, IO_APIC, 0x41, APIC_HANDLER);
            for (int i = 0; i < 5; i++) {
                pulse.raise();
                machine.expectOut(vcpu, 0x51);
            }
            pulse.close();
            pulse.raise();
        }
    }

    @Test
    void shouldDeliverLinesThroughThePic() {
        try (TestMachine machine = machine()) {
            EngineVcpu vcpu = start(machine, PIC, 0x25, PIC_HANDLER);
            for (int i = 0; i < 2; i++) {
                lines(machine).setLine(5, true);
                lines(machine).setLine(5, false);
                machine.expectOut(vcpu, 0x51);
            }
        }
    }

    @Test
    void shouldTickByItsOwnTimer() {
        try (TestMachine machine = machine()) {
            // The PIC as above with line 0 only; PIT channel 0 at 10 ms; halts until three ticks are counted; port
            // 0x51.
            EngineVcpu vcpu = machine.start(
                    Mode.LONG,
                    "b011e620 b020e621 b004e621 b001e621 b0fee621 b034e643 b09ce640 b02ee640"
                            + "fb f4 48833c250000030003 72f4 e651");
            // inc qword [DATA]; EOI; iretq
            machine.put(HANDLER, "50 48ff042500000300 b020 e620 58 48cf");
            machine.gate(0x20, HANDLER);
            machine.expectOut(vcpu, 0x51);
            assertThat(machine.read(TestMachine.DATA)).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void shouldStartASecondProcessorByInitAndSipi() throws InterruptedException {
        try (TestMachine machine = new TestMachine(InterruptController.ENGINE, HypercallTransport.PORT, 2)) {
            // INIT and SIPI with vector 8 to APIC id 1; waits until it has written 0x1234 to DATA; port 0x51.
            EngineVcpu first = machine.start(
                    Mode.LONG,
                    "bb0000e0fe c783f0000000ff010000 c7831003000000000001 c7830003000000450000"
                            + "c7831003000000000001 c7830003000008460000 f390 813c250000030034120000 75f1 e651");
            // mov ax, 0x3000; mov ds, ax; mov dword [0], 0x1234; hlt; jmp to the hlt
            machine.put(0x8000, "b80030 8ed8 66c706000034120000 f4 ebfd");
            AtomicReference<EngineVcpu> second = new AtomicReference<>();
            AtomicReference<ExitReason> ended = new AtomicReference<>();
            CountDownLatch there = new CountDownLatch(1);
            Thread thread = new Thread(() -> {
                EngineVcpu vcpu = machine.vcpu(1);
                second.set(vcpu);
                there.countDown();
                ended.set(vcpu.run(new io.paravert.vmm.engine.VcpuExit()));
            });
            thread.start();
            there.await(); // an INIT to an APIC that does not exist yet would be lost
            machine.expectOut(first, 0x51);
            second.get().kick();
            thread.join();
            assertThat(ended.get()).as("halted in the kernel until kicked").isEqualTo(ExitReason.INTERRUPTED);
        }
    }

    @Test
    void shouldRunASecondProcessorWhoseStateIsWritten() throws InterruptedException {
        try (TestMachine machine = new TestMachine(InterruptController.ENGINE, HypercallTransport.PORT, 2)) {
            machine.vcpu(0);
            machine.put(TestMachine.CODE, "e651");
            AtomicReference<ExitReason> ended = new AtomicReference<>();
            Thread thread = new Thread(() -> {
                EngineVcpu vcpu = machine.vcpu(1);
                vcpu.writeState(TestMachine.state(Mode.LONG, TestMachine.CODE));
                ended.set(vcpu.run(new io.paravert.vmm.engine.VcpuExit()));
            });
            thread.start();
            thread.join();
            assertThat(ended.get()).isEqualTo(ExitReason.PORT_WRITE);
        }
    }

    @Test
    void shouldRefuseLinesThatDoNotExist() {
        try (TestMachine machine = machine()) {
            assertThatThrownBy(() -> lines(machine).setLine(24, true)).hasMessageContaining("interrupt line 24");
            assertThatThrownBy(() -> lines(machine).openPulse(-1)).hasMessageContaining("interrupt line -1");
        }
    }

    @Test
    void shouldIgnoreInterruptsThatComeTooLate() {
        InterruptLines lines;
        InterruptLines.Pulse pulse;
        try (TestMachine machine = machine()) {
            lines = lines(machine);
            pulse = lines.openPulse(4);
        }
        lines.setLine(4, true);
        lines.signalMsi(0xfee0_0000L, 0x45);
        pulse.raise();
        pulse.close();
    }
}
