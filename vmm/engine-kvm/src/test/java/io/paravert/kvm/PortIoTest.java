package io.paravert.kvm;

import static io.paravert.kvm.TestMachine.CODE;
import static io.paravert.kvm.TestMachine.DATA;
import static io.paravert.kvm.TestMachine.RAX;
import static io.paravert.kvm.TestMachine.RCX;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.kvm.uapi.KvmRun;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@OnKvm
class PortIoTest {
    @Test
    void shouldShowWhatTheGuestWritesToAPort() {
        try (TestMachine machine = new TestMachine()) {
            // mov eax, 0xcafebabe; out 0x80, eax; out 0x81, ax; out 0x82, al; hlt
            EngineVcpu vcpu = machine.start(Mode.LONG, "b8bebafeca e780 66e781 e682 f4");
            for (int size : new int[] {4, 2, 1}) {
                machine.expect(vcpu, ExitReason.PORT_WRITE);
                assertThat(machine.exit.size()).isEqualTo(size);
                assertThat(machine.exit.count()).isEqualTo(1);
                int mask = (int) (0xffff_ffffL >>> 32 - 8 * size);
                assertThat(RawMemory.getInt(machine.exit.dataAddress()) & mask).isEqualTo(0xcafebabe & mask);
            }
            machine.expect(vcpu, ExitReason.HALT);
        }
    }

    @Test
    void shouldGiveTheGuestWhatItReadsFromAPort() {
        try (TestMachine machine = new TestMachine()) {
            // in eax, 0x80; out 0x51, eax
            EngineVcpu vcpu = machine.start(Mode.LONG, "e580 e751");
            machine.expect(vcpu, ExitReason.PORT_READ);
            assertThat(machine.exit.port()).isEqualTo(0x80);
            assertThat(machine.exit.size()).isEqualTo(4);
            RawMemory.putInt(machine.exit.dataAddress(), 0x12345678);
            machine.expectOut(vcpu, 0x51);
            assertThat(RawMemory.getInt(machine.exit.dataAddress())).isEqualTo(0x12345678);
            assertThat(TestMachine.get(vcpu, RAX)).isEqualTo(0x12345678);
        }
    }

    @Test
    void shouldCarryAStringOfBytesOutOfTheGuest() {
        try (TestMachine machine = new TestMachine()) {
            for (int i = 0; i < 40; i++) {
                machine.write(DATA + 8 * i, 0x0101_0101_0101_0101L * i);
            }
            // mov esi, DATA; mov ecx, 300; mov dx, 0x80; rep outsb; out 0x51, al
            EngineVcpu vcpu = machine.start(Mode.LONG, "be00000300 b92c010000 66ba8000 f36e e651");
            int seen = 0;
            while (vcpu.run(machine.exit) == ExitReason.PORT_WRITE && machine.exit.port() == 0x80) {
                assertThat(machine.exit.size()).isEqualTo(1);
                for (int i = 0; i < machine.exit.count(); i++, seen++) {
                    assertThat(RawMemory.getByte(machine.exit.dataAddress() + i))
                            .isEqualTo((byte) (seen / 8));
                }
            }
            assertThat(machine.exit.port()).isEqualTo(0x51);
            assertThat(seen).isEqualTo(300);
        }
    }

    @Test
    void shouldCarryAStringOfWordsIntoTheGuest() {
        try (TestMachine machine = new TestMachine()) {
            // mov edi, DATA; mov ecx, 1000; mov dx, 0x80; rep insw; out 0x51, al
            EngineVcpu vcpu = machine.start(Mode.LONG, "bf00000300 b9e8030000 66ba8000 f3666d e651");
            int given = 0;
            while (vcpu.run(machine.exit) == ExitReason.PORT_READ) {
                assertThat(machine.exit.size()).isEqualTo(2);
                for (int i = 0; i < machine.exit.count(); i++, given++) {
                    RawMemory.putShort(machine.exit.dataAddress() + 2L * i, (short) (given * 3));
                }
            }
            assertThat(machine.exit.port()).isEqualTo(0x51);
            assertThat(given).isEqualTo(1000);
            for (int i = 0; i < 1000; i++) {
                assertThat((short) machine.read(DATA + 2 * i)).isEqualTo((short) (i * 3));
            }
        }
    }

    @Test
    void shouldCompleteAnAccessBeforeItsStateIsRead() {
        try (TestMachine machine = new TestMachine()) {
            // in eax, 0x80; hlt
            EngineVcpu vcpu = machine.start(Mode.LONG, "e580 f4");
            machine.expect(vcpu, ExitReason.PORT_READ);
            RawMemory.putInt(machine.exit.dataAddress(), 77);
            vcpu.completePending();
            vcpu.completePending();
            CpuState state = new CpuState();
            vcpu.readState(state);
            assertThat(state.rip).isEqualTo(CODE + 2);
            assertThat(state.general[RAX]).isEqualTo(77);
            machine.expect(vcpu, ExitReason.HALT);
        }
    }

    @Test
    void shouldKeepTheNextAccessOfAStringForTheNextRun() {
        try (TestMachine machine = new TestMachine()) {
            machine.write(DATA, 0x0807_0605_0403_0201L);
            // mov esi, DATA; mov ecx, 8; mov dx, 0x80; rep outsb; out 0x51, al
            EngineVcpu vcpu = machine.start(Mode.LONG, "be00000300 b908000000 66ba8000 f36e e651");
            StringBuilder seen = new StringBuilder();
            while (vcpu.run(machine.exit) == ExitReason.PORT_WRITE && machine.exit.port() == 0x80) {
                for (int i = 0; i < machine.exit.count(); i++) {
                    seen.append(RawMemory.getByte(machine.exit.dataAddress() + i));
                }
                vcpu.completePending();
            }
            assertThat(seen.toString()).isEqualTo("12345678");
        }
    }

    @Test
    void shouldTakeANewStateInTheMiddleOfAString() {
        try (TestMachine machine = new TestMachine()) {
            // mov ecx, 100000; mov dx, 0x80; rep outsb; hlt
            EngineVcpu vcpu = machine.start(Mode.LONG, "b9a0860100 66ba8000 f36e f4");
            machine.expectOut(vcpu, 0x80);
            machine.put(CODE + 0x100, "e651"); // out 0x51, al
            vcpu.writeState(TestMachine.state(Mode.LONG, CODE + 0x100));
            machine.expectOut(vcpu, 0x51);
            assertThat(TestMachine.get(vcpu, RCX)).isZero();
        }
    }

    /** With the registers in {@code kvm_run}, and without, as on kernels before 4.17. */
    @ParameterizedTest
    @ValueSource(ints = {KvmRun.Sync.REGS | KvmRun.Sync.SREGS, KvmRun.Sync.REGS, 0})
    void shouldShowAndChangeRegistersAtAnExit(int syncSets) {
        try (TestMachine machine = new TestMachine()) {
            // mov r15d, 15; mov rbx, -3; out 0x80, al; out 0x81, al
            EngineVcpu vcpu = machine.vcpu(0, syncSets);
            machine.put(CODE, "41bf0f000000 48c7c3fdffffff e680 e681");
            vcpu.writeState(TestMachine.state(Mode.LONG, CODE));
            machine.expectOut(vcpu, 0x80);
            assertThat(TestMachine.get(vcpu, 15)).isEqualTo(15);
            assertThat(TestMachine.get(vcpu, TestMachine.RBX)).isEqualTo(-3);
            for (int i = 0; i < 16; i++) {
                vcpu.registers().set(i, 0x1000L + i);
            }
            machine.expectOut(vcpu, 0x81);
            for (int i = 0; i < 16; i++) {
                assertThat(TestMachine.get(vcpu, i)).isEqualTo(0x1000L + i);
            }
            vcpu.completePending();
            CpuState state = new CpuState();
            vcpu.readState(state);
            assertThat(state.rip).isEqualTo(CODE + 17);
            assertThat(state.general[15]).isEqualTo(0x100f);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {KvmRun.Sync.REGS | KvmRun.Sync.SREGS, KvmRun.Sync.REGS, 0})
    void shouldTellThePrivilegeLevelOfEachExit(int syncSets) {
        try (TestMachine machine = new TestMachine()) {
            // out 0x80, al; jmp back: first in user mode, then in the kernel's
            EngineVcpu vcpu = machine.vcpu(0, syncSets);
            machine.put(CODE, "e680 ebfc");
            for (Mode mode : new Mode[] {Mode.LONG_USER, Mode.LONG, Mode.LONG_USER}) {
                vcpu.writeState(TestMachine.state(mode, CODE));
                for (int i = 0; i < 40; i++) {
                    machine.expectOut(vcpu, 0x80);
                    if (i % 20 < 3) {
                        assertThat(vcpu.registers().cpl()).isEqualTo(mode == Mode.LONG ? 0 : 3);
                    }
                }
            }
        }
    }
}
