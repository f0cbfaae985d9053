package io.paravert.kvm;

import static io.paravert.kvm.TestMachine.MMIO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.DirtyLog;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

@OnKvm
class MemoryTest {
    /** Writes 1, 2, 4 and 8 bytes at RBX, reads 1 and 8 back into RDX and RCX, and leaves by port 0x51. */
    private static final String ACCESSES = "c60311 66c743022222 c7430433333333 48894308 0fb613 488b4b08 e651";

    private static EngineVcpu start(TestMachine machine, String code, long rbx, long rax) {
        EngineVcpu vcpu = machine.start(Mode.LONG, code);
        vcpu.registers().set(TestMachine.RBX, rbx);
        vcpu.registers().set(TestMachine.RAX, rax);
        return vcpu;
    }

    @Test
    void shouldShowStoresAndServeLoadsWhereThereIsNoMemory() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = start(machine, ACCESSES, MMIO, 0x4444444455555555L);
            long[] values = {0x11, 0x2222, 0x33333333, 0x4444444455555555L};
            int[] offsets = {0, 2, 4, 8};
            for (int i = 0; i < 4; i++) {
                machine.expect(vcpu, ExitReason.MMIO_WRITE);
                assertThat(machine.exit.gpa()).isEqualTo(MMIO + offsets[i]);
                assertThat(machine.exit.size()).isEqualTo(1 << i);
                long mask = -1L >>> 64 - (8 << i);
                assertThat(RawMemory.getLong(machine.exit.dataAddress()) & mask).isEqualTo(values[i]);
            }
            machine.expect(vcpu, ExitReason.MMIO_READ);
            assertThat(machine.exit.size()).isEqualTo(1);
            RawMemory.putByte(machine.exit.dataAddress(), (byte) 0x5a);
            machine.expect(vcpu, ExitReason.MMIO_READ);
            RawMemory.putLong(machine.exit.dataAddress(), 0x1122334455667788L);
            machine.expectOut(vcpu, 0x51);
            assertThat(TestMachine.get(vcpu, TestMachine.RDX)).isEqualTo(0x5a);
            assertThat(TestMachine.get(vcpu, TestMachine.RCX)).isEqualTo(0x1122334455667788L);
        }
    }

    @Test
    void shouldCarryAnAccessThatCrossesAPageInPieces() {
        try (TestMachine machine = new TestMachine()) {
            // mov [rbx+0xffc], rax; mov rcx, [rbx+0xffc]; out 0x51, al
            EngineVcpu vcpu = start(machine, "488983fc0f0000 488b8bfc0f0000 e651", MMIO, 0x1122334455667788L);
            byte[] device = new byte[8];
            int accesses = 0;
            while (vcpu.run(machine.exit) != ExitReason.PORT_WRITE) {
                int at = (int) (machine.exit.gpa() - MMIO - 0xffc);
                if (machine.exit.reason() == ExitReason.MMIO_WRITE) {
                    RawMemory.read(machine.exit.dataAddress(), device, at, machine.exit.size());
                } else {
                    assertThat(machine.exit.reason()).isEqualTo(ExitReason.MMIO_READ);
                    RawMemory.write(machine.exit.dataAddress(), device, at, machine.exit.size());
                }
                vcpu.completePending();
                assertThat(++accesses).isLessThan(20);
            }
            assertThat(TestMachine.get(vcpu, TestMachine.RCX)).isEqualTo(0x1122334455667788L);
        }
    }

    @Test
    void shouldReadStraightFromReadOnlyMemoryAndShowStores() {
        try (TestMachine machine = new TestMachine();
                HostMapping rom = HostMapping.allocate(4096)) {
            RawMemory.putLong(rom.address() + 8, 0x99);
            machine.machine().mapMemory(MMIO, rom.address(), 4096, true);
            EngineVcpu vcpu = start(machine, ACCESSES, MMIO, 0);
            for (int i = 0; i < 4; i++) {
                machine.expect(vcpu, ExitReason.MMIO_WRITE);
            }
            machine.expectOut(vcpu, 0x51);
            assertThat(TestMachine.get(vcpu, TestMachine.RCX)).isEqualTo(0x99);
        }
    }

    @Test
    void shouldMapAndUnmapWhileTheGuestLives() {
        try (TestMachine machine = new TestMachine();
                HostMapping more = HostMapping.allocate(0x20_0000)) {
            machine.machine().mapMemory(MMIO, more.address(), more.size(), false);
            EngineVcpu vcpu = start(machine, ACCESSES, MMIO, 0x70);
            machine.expectOut(vcpu, 0x51);
            assertThat(RawMemory.getLong(more.address() + 8)).isEqualTo(0x70);
            machine.machine().unmapMemory(MMIO);
            CpuState again = TestMachine.state(Mode.LONG, TestMachine.CODE);
            again.general[TestMachine.RBX] = MMIO;
            vcpu.writeState(again);
            machine.expect(vcpu, ExitReason.MMIO_WRITE);
            machine.machine().mapMemory(MMIO, more.address(), more.size(), false);
        }
    }

    @Test
    void shouldRefuseMemoryThatOverlapsOrIsNotMadeOfPages() {
        try (TestMachine machine = new TestMachine();
                HostMapping more = HostMapping.allocate(0x2000)) {
            long host = more.address();
            assertThatThrownBy(() -> machine.machine().mapMemory(TestMachine.BYTES - 0x1000, host, 0x2000, false))
                    .hasMessageContaining("overlaps guest memory 0x0 to 0x3fffff");
            assertThatThrownBy(() -> machine.machine().mapMemory(MMIO + 1, host, 0x2000, false))
                    .hasMessageContaining("multiple of 4096");
            assertThatThrownBy(() -> machine.machine().mapMemory(MMIO, host, 0, false))
                    .hasMessageContaining("size positive");
            assertThatThrownBy(() -> machine.machine().mapMemory(-0x1000, host, 0x2000, false))
                    .hasMessageContaining("2^52");
            assertThatThrownBy(() -> machine.machine().unmapMemory(MMIO)).hasMessageContaining("0xd0000000");
        }
    }

    @Test
    void shouldLogThePagesThatTheGuestWrites() {
        try (TestMachine machine = new TestMachine()) {
            // mov qword [0x101000], 1; the same at 0x103000 and 0x3ff000; out 0x51, al; hlt
            EngineVcpu vcpu = machine.start(
                    Mode.LONG, "48c7042500101000 01000000 48c7042500301000 01000000 48c7042500f03f00 01000000 e651 f4");
            DirtyLog log = machine.machine().dirtyLog().orElseThrow();
            assertThatThrownBy(() -> log.collect(0)).isInstanceOf(IllegalStateException.class);
            log.setEnabled(0, true);
            log.collect(0);
            machine.expectOut(vcpu, 0x51);
            BitSet written = log.collect(0);
            assertThat(written.get(0x101) && written.get(0x103) && written.get(0x3ff))
                    .isTrue();
            // Page tables may be written too: accessed and dirty bits.
            assertThat(written.cardinality()).isLessThan(10);
            assertThat(log.collect(0).isEmpty()).isTrue();
            log.setEnabled(0, false);
            machine.expect(vcpu, ExitReason.HALT);
        }
    }

    @Test
    void shouldRefuseMemoryOnceTheMachineIsClosed() {
        EngineMachine closed;
        try (TestMachine machine = new TestMachine()) {
            closed = machine.machine();
        }
        try (HostMapping more = HostMapping.allocate(0x2000)) {
            assertThatThrownBy(() -> closed.mapMemory(MMIO, more.address(), 0x2000, false))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> closed.createVcpu(0))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("closed already");
        }
    }
}
