package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.VcpuExit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnKvm
class SmpTest {
    @Test
    void shouldLoseNoIncrementOfTwoVcpus() throws InterruptedException {
        int rounds = TestMachine.rounds(50_000);
        try (TestMachine machine = new TestMachine(InterruptController.MONITOR, HypercallTransport.PORT, 2)) {
            machine.put(TestMachine.CODE, "f048ff042500000300 ffc9 75f3 e651"); // lock inc qword [DATA], RCX times
            List<Thread> threads = new ArrayList<>();
            List<ExitReason> ends = new ArrayList<>();
            for (int id = 0; id < 2; id++) {
                int vcpuId = id;
                Thread thread = new Thread(() -> {
                    EngineVcpu vcpu = machine.vcpu(vcpuId);
                    CpuState state = TestMachine.state(Mode.LONG, TestMachine.CODE);
                    state.general[TestMachine.RCX] = rounds;
                    vcpu.writeState(state);
                    ExitReason reason = vcpu.run(new VcpuExit());
                    synchronized (ends) {
                        ends.add(reason);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(ends).containsExactly(ExitReason.PORT_WRITE, ExitReason.PORT_WRITE);
            assertThat(machine.read(TestMachine.DATA)).isEqualTo(2L * rounds);
        }
    }

    @Test
    void shouldGiveEachVcpuItsOwnApicId() throws InterruptedException {
        try (TestMachine machine = new TestMachine(InterruptController.MONITOR, HypercallTransport.PORT, 2)) {
            machine.put(TestMachine.CODE, "0fa2 e651"); // cpuid; out 0x51, al
            int[] ids = new int[2];
            for (int id = 0; id < 2; id++) {
                int vcpuId = id;
                Thread thread = new Thread(() -> {
                    EngineVcpu vcpu = machine.vcpu(vcpuId);
                    CpuState state = TestMachine.state(Mode.LONG, TestMachine.CODE);
                    state.general[TestMachine.RAX] = 1;
                    vcpu.writeState(state);
                    vcpu.run(new VcpuExit());
                    ids[vcpuId] = (int) TestMachine.get(vcpu, TestMachine.RBX) >>> 24;
                });
                thread.start();
                thread.join();
            }
            assertThat(ids).containsExactly(0, 1);
        }
    }
}
