package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@OnKvm
class TransportTest {
    private static final int[] ARGUMENTS = {7, 6, 2, 10, 8, 9};

    private static String call() {
        return TestMachine.engine().usesVmmcall() ? "0f01d9" : "0f01c1";
    }

    private static TestMachine machine(HypercallTransport transport) {
        assumeTrue(
                TestMachine.engine().transports().contains(transport),
                "the probe found that " + transport + " does not work here");
        return new TestMachine(InterruptController.MONITOR, transport, 1);
    }

    /** All six arguments and the number in all 64 bits, and the result back in RAX. */
    @ParameterizedTest
    @EnumSource(names = {"VMCALL_INTERCEPTED", "VMCALL_EXIT_HYPERCALL"})
    void shouldCarryACallAndItsResult(HypercallTransport transport) {
        try (TestMachine machine = machine(transport)) {
            String code = transport == HypercallTransport.VMCALL_INTERCEPTED
                    ? call() + "e651"
                    : "4989c3 b80c000000 31db b901000000" + call() + "e651"; // r11 = rax; rax, rbx, rcx = 12, 0, 1
            EngineVcpu vcpu = machine.start(Mode.LONG, code);
            vcpu.registers().set(TestMachine.RAX, 0x1234_5678_9abc_def0L);
            for (int i = 0; i < ARGUMENTS.length; i++) {
                vcpu.registers().set(ARGUMENTS[i], 0x8000_0000_0000_0000L + i);
            }
            machine.expect(vcpu, ExitReason.HYPERCALL);
            assertThat(machine.exit.number()).isEqualTo(0x1234_5678_9abc_def0L);
            for (int i = 0; i < ARGUMENTS.length; i++) {
                assertThat(machine.exit.argument(i)).isEqualTo(0x8000_0000_0000_0000L + i);
            }
            assertThat(vcpu.registers().cpl()).isZero();
            machine.exit.setResult(-38);
            machine.expectOut(vcpu, 0x51);
            assertThat(TestMachine.get(vcpu, TestMachine.RAX)).isEqualTo(-38);
        }
    }

    @Test
    void shouldCarryACallFromUserModeWithItsLevel() {
        try (TestMachine machine = machine(HypercallTransport.VMCALL_INTERCEPTED)) {
            EngineVcpu vcpu = machine.start(Mode.LONG_USER, call() + "e651");
            vcpu.registers().set(TestMachine.RAX, 5);
            machine.expect(vcpu, ExitReason.HYPERCALL);
            assertThat(vcpu.registers().cpl()).isEqualTo(3);
            machine.exit.setResult(6);
            machine.expectOut(vcpu, 0x51);
            assertThat(TestMachine.get(vcpu, TestMachine.RAX)).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"VMCALL_INTERCEPTED", "VMCALL_EXIT_HYPERCALL"})
    void shouldCompleteACallBeforeItsStateIsRead(HypercallTransport transport) {
        try (TestMachine machine = machine(transport)) {
            EngineVcpu vcpu = machine.start(Mode.LONG, "4989c3 b80c000000 31db b901000000" + call() + "e651");
            machine.expect(vcpu, ExitReason.HYPERCALL);
            machine.exit.setResult(77);
            vcpu.completePending();
            assertThat(TestMachine.get(vcpu, TestMachine.RAX)).isEqualTo(77);
            machine.expectOut(vcpu, 0x51);
        }
    }

    @ParameterizedTest
    @EnumSource(HypercallTransport.class)
    void shouldMakeManyCallsByTheTransport(HypercallTransport transport) {
        try (TestMachine machine = machine(transport)) {
            String code = switch (transport) {
                case PORT -> "e6e9 ebfc";
                case VMCALL_INTERCEPTED -> call() + "ebfb";
                case VMCALL_EXIT_HYPERCALL -> "b80c000000 31db b901000000" + call() + "ebef";
            };
            EngineVcpu vcpu = machine.start(Mode.LONG, code);
            for (int i = 0; i < TestMachine.rounds(2000); i++) {
                machine.expect(
                        vcpu, transport == HypercallTransport.PORT ? ExitReason.PORT_WRITE : ExitReason.HYPERCALL);
            }
        }
    }

    @Test
    void shouldChooseTheBestThatWorksAndSayWhyOthersDoNot() {
        List<TransportFinding> findings = TestMachine.engine().tryTransports(5);
        assertThat(findings)
                .extracting(TransportFinding::transport)
                .containsExactlyInAnyOrder(HypercallTransport.values());
        assertThat(findings).allSatisfy(f -> assertThat(f.detail()).isNotEmpty());
        HypercallTransport chosen = findings.stream()
                .filter(TransportFinding::chosen)
                .findFirst()
                .orElseThrow()
                .transport();
        assertThat(TestMachine.engine().transports().get(0)).isEqualTo(chosen);
    }

    @Test
    void shouldChoosePortsUnderKvmPvm() {
        assumeTrue(HostFacts.read().backend().equals("kvm_pvm"), "this is not kvm_pvm");
        assertThat(TestMachine.engine().transports()).containsExactly(HypercallTransport.PORT);
    }

    @Test
    void shouldPreferHypercallsUnderOrdinaryKvm() {
        String backend = HostFacts.read().backend();
        assumeTrue(backend.equals("kvm_amd") || backend.equals("kvm_intel"), "this is " + backend);
        assertThat(TestMachine.engine().transports().get(0)).isNotEqualTo(HypercallTransport.PORT);
        assertThat(TestMachine.engine().transports()).contains(HypercallTransport.VMCALL_EXIT_HYPERCALL);
        assertThat(TestMachine.engine().transports().contains(HypercallTransport.VMCALL_INTERCEPTED))
                .isEqualTo(TestMachine.engine().offersXen());
    }
}
