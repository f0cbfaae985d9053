package io.paravert.kvm;

import static io.paravert.kvm.TestMachine.MMIO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.vmm.engine.DoorbellEvents;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@OnKvm
@SuppressWarnings("try")
class DoorbellTest {
    private static final int SECONDS = 30;

    private static EngineVcpu start(TestMachine machine, String code, int rounds) {
        EngineVcpu vcpu = machine.start(Mode.LONG, code);
        vcpu.registers().set(TestMachine.RBX, MMIO);
        vcpu.registers().set(TestMachine.RCX, rounds);
        return vcpu;
    }

    private static DoorbellEvents doorbells(TestMachine machine) {
        return machine.machine().doorbellEvents().orElseThrow();
    }

    @Test
    void shouldRingWithoutAnExit() throws Exception {
        Semaphore mmio = new Semaphore(0);
        Semaphore port = new Semaphore(0);
        try (TestMachine machine = new TestMachine();
                AutoCloseable a = doorbells(machine).listen(true, MMIO, 4, mmio::release);
                AutoCloseable b = doorbells(machine).listen(false, 0x80, 1, port::release)) {
            // mov dword [rbx], 1; out 0x80, al; dec ecx; jnz back; hlt; out 0x51, al
            EngineVcpu vcpu = start(machine, "c70301000000 e680 ffc9 75f4 f4 e651", 100);
            machine.expect(vcpu, ExitReason.HALT);
            assertThat(mmio.tryAcquire(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(port.tryAcquire(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(mmio.availablePermits())
                    .as("once or more, never more often than rung")
                    .isLessThan(100);
        }
    }

    @Test
    void shouldRingOnlyForStoresOfItsSize() throws Exception {
        AtomicInteger rung = new AtomicInteger();
        try (TestMachine machine = new TestMachine();
                AutoCloseable a = doorbells(machine).listen(true, MMIO, 4, rung::incrementAndGet);
                AutoCloseable b = doorbells(machine).listen(false, 0x80, 1, rung::incrementAndGet)) {
            EngineVcpu vcpu = start(machine, "66c7030100 66e780 e651", 1); // 16 bits to both, then out 0x51, al
            machine.expect(vcpu, ExitReason.MMIO_WRITE);
            machine.expectOut(vcpu, 0x80);
            machine.expectOut(vcpu, 0x51);
            assertThat(rung).hasValue(0);
        }
    }

    @Test
    void shouldExitAgainOnceTheDoorbellIsClosed() throws Exception {
        try (TestMachine machine = new TestMachine()) {
            AutoCloseable doorbell = doorbells(machine).listen(true, MMIO, 4, () -> {});
            doorbell.close();
            doorbell.close();
            EngineVcpu vcpu = start(machine, "c70301000000 e651", 1);
            machine.expect(vcpu, ExitReason.MMIO_WRITE);
        }
    }

    @Test
    void shouldOutliveAListenerThatFails() throws Exception {
        Semaphore rung = new Semaphore(0);
        try (TestMachine machine = new TestMachine();
                AutoCloseable bad = doorbells(machine).listen(true, MMIO, 4, () -> {
                    throw new IllegalStateException("a test's own");
                });
                AutoCloseable good = doorbells(machine).listen(false, 0x80, 1, rung::release)) {
            EngineVcpu vcpu = start(machine, "c70301000000 e680 ffc9 75f4 f4", 3);
            machine.expect(vcpu, ExitReason.HALT);
            assertThat(rung.tryAcquire(SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldLetAListenerCloseItsOwnDoorbell() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (TestMachine machine = new TestMachine()) {
            AutoCloseable[] doorbell = new AutoCloseable[1];
            doorbell[0] = doorbells(machine).listen(true, MMIO, 4, () -> {
                try {
                    doorbell[0].close();
                    closed.countDown();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            EngineVcpu vcpu = start(machine, "c70301000000 f4", 1);
            machine.expect(vcpu, ExitReason.HALT);
            assertThat(closed.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldRefuseTwoDoorbellsAtOnePlaceAndImpossibleOnes() throws Exception {
        try (TestMachine machine = new TestMachine();
                AutoCloseable first = doorbells(machine).listen(true, MMIO, 4, () -> {})) {
            assertThatThrownBy(() -> doorbells(machine).listen(true, MMIO, 4, () -> {}))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("a doorbell is there already");
            assertThatThrownBy(() -> doorbells(machine).listen(true, MMIO, 3, () -> {}))
                    .hasMessageContaining("3 bytes");
            assertThatThrownBy(() -> doorbells(machine).listen(false, 0x1_0000, 1, () -> {}))
                    .hasMessageContaining("0x10000");
        }
    }
}
