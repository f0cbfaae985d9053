package io.paravert.kvm;

import static io.paravert.kvm.TestMachine.CODE;
import static io.paravert.kvm.TestMachine.DATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@OnKvm
class EntryModeTest {
    @Test
    void shouldRunRealModeCode() {
        try (TestMachine machine = new TestMachine()) {
            // xor ax, ax; mov ds, ax; mov eax, 0x1234; mov [0x7000], eax; out 0x51, eax
            EngineVcpu vcpu = machine.start(Mode.REAL, "31c0 8ed8 66b834120000 66a30070 66e751");
            machine.expectOut(vcpu, 0x51);
            assertThat((int) machine.read(0x7000)).isEqualTo(0x1234);
        }
    }

    @Test
    void shouldRunProtectedModeCode() {
        try (TestMachine machine = new TestMachine()) {
            // mov eax, 0x12345678; mov [DATA], eax; out 0x51, eax
            EngineVcpu vcpu = machine.start(Mode.PROTECTED, "b878563412 a300000300 e751");
            machine.expectOut(vcpu, 0x51);
            assertThat((int) machine.read(DATA)).isEqualTo(0x12345678);
        }
    }

    @Test
    void shouldRunPaged32BitCodeWhereTheKernelCan() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = machine.start(Mode.PAGED_32, "b878563412 a300000300 e751");
            ExitReason reason = vcpu.run(machine.exit);
            assumeTrue(
                    reason != ExitReason.SHUTDOWN || !HostFacts.read().backend().equals("kvm_pvm"),
                    "kvm_pvm has no 32-bit paging");
            assertThat(reason).isEqualTo(ExitReason.PORT_WRITE);
            assertThat((int) machine.read(DATA)).isEqualTo(0x12345678);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LONG", "LONG_USER"})
    void shouldRun64BitCode(Mode mode) {
        try (TestMachine machine = new TestMachine()) {
            // mov rax, 0x1122334455667788; mov [DATA], rax; out 0x51, al
            EngineVcpu vcpu = machine.start(mode, "48b88877665544332211 4889042500000300 e651");
            machine.expectOut(vcpu, 0x51);
            assertThat(machine.read(DATA)).isEqualTo(0x1122334455667788L);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REAL", "PROTECTED", "LONG", "LONG_USER"})
    void shouldShowTheStateThatItWasGiven(Mode mode) {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = machine.start(mode, "f4");
            CpuState given = TestMachine.state(mode, CODE);
            CpuState shown = new CpuState();
            vcpu.readState(shown);
            assertThat(shown.general).isEqualTo(given.general);
            assertThat(shown)
                    .usingRecursiveComparison()
                    .comparingOnlyFields(
                            "rip", "rflags", "gdtBase", "gdtLimit", "idtBase", "idtLimit", "cr3", "cr4", "cr8", "efer")
                    .isEqualTo(given);
            CpuState.Segment cs = shown.segments[CpuState.CS];
            assertThat(cs.selector).isEqualTo(given.segments[CpuState.CS].selector);
            assertThat(cs.base).isEqualTo(given.segments[CpuState.CS].base);
            assertThat(cs.limit).isEqualTo(given.segments[CpuState.CS].limit);
            // The accessed bit may come by itself.
            assertThat(cs.attributes | 1).isEqualTo(given.segments[CpuState.CS].attributes | 1);
            assertThat(shown.tr.base).isEqualTo(given.tr.base);
        }
    }

    @Test
    void shouldSayThatAStateCannotBe() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = machine.vcpu(0);
            CpuState state = TestMachine.state(Mode.LONG, CODE);
            state.cr4 = 0; // long mode without PAE
            assertThatThrownBy(() -> vcpu.writeState(state))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("KVM_SET_SREGS failed");
        }
    }

    @Test
    void shouldReportATripleFaultAsShutdown() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = machine.start(Mode.LONG, "0f0b"); // ud2, and no IDT entry is present
            machine.expect(vcpu, ExitReason.SHUTDOWN);
        }
    }

    @Test
    void shouldExplainCodeThatRunsIntoTheVoid() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = machine.vcpu(0);
            CpuState state = TestMachine.state(Mode.LONG, CODE);
            state.rip = TestMachine.MMIO;
            vcpu.writeState(state);
            machine.expect(vcpu, ExitReason.FAILED);
            assertThat(machine.exit.failure()).startsWith("KVM cannot emulate the instruction at rip 0xd0000000");
        }
    }

    @Test
    void shouldShowTheVcpuItsCpuid() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = machine.start(Mode.LONG, "0fa2 e651"); // cpuid; out 0x51, al
            vcpu.registers().set(TestMachine.RAX, 1);
            machine.expectOut(vcpu, 0x51);
            assertThat((int) TestMachine.get(vcpu, TestMachine.RCX))
                    .as("hypervisor bit")
                    .isNegative();
            assertThat(TestMachine.get(vcpu, TestMachine.RDX) & 1 << 9)
                    .as("APIC")
                    .isZero();
        }
    }

    @Test
    void shouldKeepVectorRegistersAndShowThem() {
        try (TestMachine machine = new TestMachine()) {
            // CPL 3, because some kernels emulate CPL 0 and cannot do so with SSE:
            // movdqu xmm5, [DATA]; out 0x51, al; movdqu [DATA+16], xmm5; out 0x52, al
            EngineVcpu vcpu = machine.start(Mode.LONG_USER, "f30f6f2c2500000300 e651 f30f7f2c2510000300 e652");
            machine.write(DATA, 0x0102_0304_0506_0708L);
            machine.expectOut(vcpu, 0x51);
            vcpu.completePending();
            byte[] area = vcpu.readXsave();
            // XMM5 of the legacy area: 160 + 5 * 16.
            assertThat(area[240]).isEqualTo((byte) 8);
            area[240] = 99;
            vcpu.writeXsave(area);
            machine.expectOut(vcpu, 0x52);
            assertThat(machine.read(DATA + 16)).isEqualTo(0x0102_0304_0506_0763L);
        }
    }

    @Test
    void shouldReadAndWriteModelSpecificRegisters() {
        try (TestMachine machine = new TestMachine()) {
            EngineVcpu vcpu = machine.start(Mode.LONG, "f4");
            int lstar = 0xc000_0082;
            vcpu.writeMsr(lstar, 0xffff_8000_1234_5678L);
            assertThat(vcpu.readMsr(lstar)).isEqualTo(0xffff_8000_1234_5678L);
            assertThatThrownBy(() -> vcpu.readMsr(0x1234_5678))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("KVM does not read MSR 0x12345678");
            assertThatThrownBy(() -> vcpu.writeMsr(0x1234_5678, 1)).hasMessageContaining("write MSR 0x12345678");
        }
    }

    @Test
    void shouldShowTheTimeStampCounterThatTheGuestReads() {
        try (TestMachine machine = new TestMachine()) {
            // rdtsc; shl rdx, 32; or rax, rdx; out 0x51, al
            EngineVcpu vcpu = machine.start(Mode.LONG, "0f31 48c1e220 4809d0 e651");
            long before = vcpu.readTsc();
            assumeTrue(before != -1, "the TSC is not steady here");
            machine.expectOut(vcpu, 0x51);
            vcpu.completePending();
            long guest = TestMachine.get(vcpu, TestMachine.RAX);
            assertThat(guest).isBetween(before, vcpu.readTsc());
            assertThat(TestMachine.engine().tscKilohertz()).isPositive();
        }
    }
}
