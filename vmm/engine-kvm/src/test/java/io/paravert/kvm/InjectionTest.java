package io.paravert.kvm;

import static io.paravert.kvm.TestMachine.HANDLER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import org.junit.jupiter.api.Test;

/** Interrupts where there is no interrupt controller and the monitor injects them. */
@OnKvm
class InjectionTest {
    private static final int VECTOR = 0x20;
    /** out 0x51, al; iretq */
    private static final String HANDLER_CODE = "e651 48cf";

    private static EngineVcpu start(TestMachine machine, String code) {
        EngineVcpu vcpu = machine.start(Mode.LONG, code);
        machine.put(HANDLER, HANDLER_CODE);
        machine.gate(VECTOR, HANDLER);
        return vcpu;
    }

    @Test
    void shouldWakeAHaltedGuest() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = start(machine, "fb f4 ebfd"); // sti; hlt; jmp to the hlt
            machine.expect(vcpu, ExitReason.HALT);
            for (int i = 0; i < 3; i++) {
                assertThat(vcpu.canTakeInterrupt()).isTrue();
                vcpu.injectInterrupt(VECTOR);
                assertThat(vcpu.canTakeInterrupt()).as("one is on its way").isFalse();
                machine.expectOut(vcpu, 0x51);
                machine.expect(vcpu, ExitReason.HALT);
            }
        }
    }

    @Test
    void shouldTellWhenTheGuestCanTakeAnInterrupt() {
        try (TestMachine machine = new TestMachine()) {
            // cli; out 0x50, al; sti; pause; jmp to the pause
            EngineVcpu vcpu = start(machine, "fa e650 fb f390 ebfc");
            assertThat(vcpu.canTakeInterrupt()).as("nothing is known yet").isFalse();
            machine.expectOut(vcpu, 0x50);
            assertThat(vcpu.canTakeInterrupt()).isFalse();
            assertThatThrownBy(() -> vcpu.injectInterrupt(VECTOR)).isInstanceOf(IllegalStateException.class);
            vcpu.requestInterruptWindow(true);
            machine.expect(vcpu, ExitReason.INTERRUPT_WINDOW);
            assertThat(vcpu.registers().rip()).as("after the sti's shadow").isGreaterThan(TestMachine.CODE + 3);
            vcpu.requestInterruptWindow(false);
            vcpu.injectInterrupt(VECTOR);
            machine.expectOut(vcpu, 0x51);
        }
    }

    @Test
    void shouldInterruptALoopThatNeverLeaves() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = start(machine, "fb f390 ebfc"); // sti; pause; jmp to the pause
            vcpu.requestInterruptWindow(true);
            machine.expect(vcpu, ExitReason.INTERRUPT_WINDOW);
            vcpu.injectInterrupt(VECTOR);
            vcpu.requestInterruptWindow(false);
            machine.expectOut(vcpu, 0x51);
        }
    }

    @Test
    void shouldRefuseVectorsOfExceptions() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = start(machine, "f4");
            assertThatThrownBy(() -> vcpu.injectInterrupt(15)).hasMessageContaining("vector 15");
            assertThatThrownBy(() -> vcpu.injectInterrupt(256)).hasMessageContaining("vector 256");
        }
    }
}
