package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.VcpuExit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@OnKvm
class LifeCycleTest {
    private record Holdings(int files, int kvmMappings, int threads) {
        static Holdings now() throws IOException {
            int files = new java.io.File("/proc/self/fd").list().length;
            int mappings = (int) Files.readAllLines(Path.of("/proc/self/maps")).stream()
                    .filter(l -> l.contains("kvm-vcpu"))
                    .count();
            return new Holdings(files, mappings, Thread.activeCount());
        }
    }

    private static void round(int i) {
        InterruptController controller = i % 20 == 0 ? InterruptController.ENGINE : InterruptController.MONITOR;
        try (TestMachine machine = new TestMachine(controller)) {
            AutoCloseable doorbell =
                    machine.machine().doorbellEvents().orElseThrow().listen(true, TestMachine.MMIO, 4, () -> {});
            assertThat(doorbell).isNotNull();
            machine.machine().interruptLines().ifPresent(lines -> lines.openPulse(5));
            EngineVcpu vcpu = machine.start(Mode.LONG, "e651");
            machine.expectOut(vcpu, 0x51);
        }
    }

    @Test
    void shouldLeaveNothingBehindAfterAThousandMachines() throws IOException {
        for (int i = 0; i < 4; i++) {
            round(i);
        }
        Holdings before = Holdings.now();
        long mappings = Files.readAllLines(Path.of("/proc/self/maps")).size();
        for (int i = 0; i < TestMachine.rounds(1000); i++) {
            round(i);
        }
        assertThat(Holdings.now()).isEqualTo(before);
        // The JVM's own come and go.
        assertThat(Files.readAllLines(Path.of("/proc/self/maps")).size()).isLessThan((int) mappings + 200);
    }

    @Test
    void shouldLeaveNothingBehindWhenAMachineCannotBeMade() throws IOException {
        Holdings before = Holdings.now();
        try (TestMachine machine = new TestMachine()) {
            machine.vcpu(0);
            Holdings with = Holdings.now();
            assertThatThrownBy(() -> machine.machine().createVcpu(0)).hasMessageContaining("has that vCPU already");
            assertThatThrownBy(() -> machine.machine().createVcpu(1)).hasMessageContaining("which has 1");
            assertThat(Holdings.now()).isEqualTo(with);
        }
        assertThat(Holdings.now()).isEqualTo(before);
    }

    @Test
    void shouldOpenAndCloseTheEngineWithoutATrace() throws IOException {
        KvmEngine.open().close();
        Holdings before = Holdings.now();
        for (int i = 0; i < TestMachine.rounds(20); i++) {
            KvmEngine.open().close();
        }
        assertThat(Holdings.now()).isEqualTo(before);
    }

    @Test
    void shouldRefuseToCloseWhatIsInUse() {
        try (TestMachine machine = new TestMachine()) {
            machine.vcpu(0);
            assertThatThrownBy(() -> machine.machine().close()).hasMessageContaining("1 open vCPUs");
            assertThatThrownBy(() -> TestMachine.engine().close()).hasMessageContaining("open machines");
        }
    }

    @Test
    void shouldRefuseUseAfterCloseAndByAnotherThread() throws InterruptedException {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = machine.start(Mode.LONG, "f4");
            Throwable[] thrown = new Throwable[1];
            Thread other = new Thread(() -> {
                try {
                    vcpu.run(new VcpuExit());
                } catch (IllegalStateException e) {
                    thrown[0] = e;
                }
            });
            other.start();
            other.join();
            assertThat(thrown[0]).hasMessageContaining("used by thread");
            machine.expect(vcpu, ExitReason.HALT);
            vcpu.close();
            vcpu.close();
            assertThatThrownBy(() -> vcpu.run(new VcpuExit())).hasMessageContaining("closed");
        }
    }
}
