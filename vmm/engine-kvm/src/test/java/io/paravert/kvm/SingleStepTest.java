package io.paravert.kvm;

import static io.paravert.kvm.TestMachine.CODE;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import org.junit.jupiter.api.Test;

@OnKvm
class SingleStepTest {
    @Test
    void shouldStopAfterEachInstruction() {
        try (TestMachine machine = new TestMachine()) {
            // nop; nop; mov eax, 5; add eax, 1; out 0x51, al
            EngineVcpu vcpu = machine.start(Mode.LONG, "90 90 b805000000 83c001 e651");
            vcpu.setSingleStep(true);
            for (int offset : new int[] {1, 2, 7, 10}) {
                machine.expect(vcpu, ExitReason.DEBUG);
                assertThat(vcpu.registers().rip()).isEqualTo(CODE + offset);
            }
            vcpu.setSingleStep(false);
            machine.expectOut(vcpu, 0x51);
            assertThat(TestMachine.get(vcpu, TestMachine.RAX)).isEqualTo(6);
        }
    }
}
