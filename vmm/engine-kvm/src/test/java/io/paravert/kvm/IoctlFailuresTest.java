package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.kvm.TestMachine.Mode;
import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.VmStructs.IrqLevel;
import io.paravert.kvm.uapi.VmStructs.Irqfd;
import io.paravert.kvm.uapi.VmStructs.MemoryRegion;
import io.paravert.kvm.uapi.VmStructs.PitConfig;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Errors that the real KVM answers with, provoked one by one: each must come out as cause and remedy. */
@OnKvm
class IoctlFailuresTest {
    private static final String OUR_BUG = "please report it";

    private final Scratch scratch = new Scratch(4096);

    private static AbstractThrowableAssert<?, ?> assertFails(KvmFd fd, Ioctl call, long argument) {
        return assertThatThrownBy(() -> fd.ioctl(call, argument, "this test"))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith(call + " failed for this test (")
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining("gives no reason");
    }

    private interface OnVm {
        void test(KvmFd vm);
    }

    private static void onVm(OnVm test) {
        try (KvmFd vm = TestMachine.engine().device().createVm("test")) {
            test.test(vm);
        }
    }

    private long region(int slot, long gpa, long bytes, long host) {
        long region = scratch.zeroed(MemoryRegion.SIZEOF);
        RawMemory.putInt(region + MemoryRegion.SLOT, slot);
        RawMemory.putLong(region + MemoryRegion.GUEST_PHYS_ADDR, gpa);
        RawMemory.putLong(region + MemoryRegion.MEMORY_SIZE, bytes);
        RawMemory.putLong(region + MemoryRegion.USERSPACE_ADDR, host);
        return region;
    }

    @Test
    void shouldExplainMemoryThatOverlaps() {
        try (Scratch memory = new Scratch(0x2000)) {
            onVm(vm -> {
                vm.ioctl(Ioctl.KVM_SET_USER_MEMORY_REGION, region(0, 0, 0x2000, memory.address()), "");
                assertFails(vm, Ioctl.KVM_SET_USER_MEMORY_REGION, region(1, 0x1000, 0x1000, memory.address()))
                        .hasMessageContaining("EEXIST")
                        .hasMessageContaining("overlaps other guest memory; map it elsewhere");
            });
        }
    }

    @Test
    void shouldExplainASlotOrAPlaceThatKvmDoesNotHave() {
        try (Scratch memory = new Scratch(0x1000)) {
            onVm(vm -> {
                int slots = TestMachine.engine().maxSlots();
                assertFails(vm, Ioctl.KVM_SET_USER_MEMORY_REGION, region(slots, 0, 0x1000, memory.address()))
                        .hasMessageContaining("EINVAL")
                        .hasMessageContaining("no slot left; give the guest less memory (--mem)");
                assertFails(vm, Ioctl.KVM_SET_USER_MEMORY_REGION, region(0, 0, 0x1000, 1L << 63))
                        .hasMessageContaining("EINVAL");
            });
        }
    }

    @Test
    void shouldExplainAnArgumentThatTheKernelCannotReach() {
        onVm(vm -> assertFails(vm, Ioctl.KVM_SET_USER_MEMORY_REGION, 8)
                .hasMessageContaining("EFAULT")
                .hasMessageContaining(OUR_BUG));
    }

    @Test
    void shouldExplainVcpusThatThereAreAlreadyAndOnesTooMany() {
        onVm(vm -> {
            try (KvmFd vcpu = new KvmFd(vm.ioctl(Ioctl.KVM_CREATE_VCPU, 0, ""))) {
                assertFails(vm, Ioctl.KVM_CREATE_VCPU, 0)
                        .hasMessageContaining("EEXIST")
                        .hasMessageContaining("has that vCPU already");
                assertFails(vm, Ioctl.KVM_CREATE_VCPU, Integer.MAX_VALUE)
                        .hasMessageContaining("EINVAL")
                        .hasMessageContaining("more vCPUs than KVM allows; use fewer (--vcpus)");
                assertFails(vm, Ioctl.KVM_CREATE_IRQCHIP, 0)
                        .hasMessageContaining("EINVAL")
                        .hasMessageContaining("has vCPUs already");
                assertThat(vcpu.number()).isPositive();
            }
        });
    }

    @Test
    void shouldExplainInterruptControllersThatAreMissingOrThereAlready() {
        onVm(vm -> {
            assertFails(vm, Ioctl.KVM_IRQ_LINE, scratch.zeroed(IrqLevel.SIZEOF))
                    .hasMessageContaining("ENXIO")
                    .hasMessageContaining("no interrupt controller of KVM's");
            vm.ioctl(Ioctl.KVM_CREATE_IRQCHIP, 0, "");
            assertFails(vm, Ioctl.KVM_CREATE_IRQCHIP, 0).hasMessageContaining("has interrupt controllers already");
            vm.ioctl(Ioctl.KVM_CREATE_PIT2, scratch.zeroed(PitConfig.SIZEOF), "");
            assertFails(vm, Ioctl.KVM_CREATE_PIT2, scratch.zeroed(PitConfig.SIZEOF))
                    .hasMessageContaining("has a timer already");
            long irqfd = scratch.zeroed(Irqfd.SIZEOF);
            RawMemory.putInt(irqfd + Irqfd.FD, -1);
            assertFails(vm, Ioctl.KVM_IRQFD, irqfd).hasMessageContaining("EBADF");
        });
    }

    @Test
    void shouldExplainALogThatIsOff() {
        try (TestMachine machine = new TestMachine()) {
            assertThatThrownBy(() -> machine.machine().dirtyLog().orElseThrow().collect(0))
                    .hasMessageContaining("guest memory 0x0 to 0x3fffff are not being logged");
        }
        onVm(vm -> assertFails(vm, Ioctl.KVM_GET_DIRTY_LOG, scratch.zeroed(16))
                .hasMessageContaining("ENOENT")
                .hasMessageContaining("not being logged; turn the log on first"));
    }

    @Test
    void shouldExplainAMachineWithoutThisCapability() {
        onVm(vm -> {
            long cap = scratch.zeroed(104);
            RawMemory.putInt(cap, 9999);
            assertFails(vm, Ioctl.KVM_ENABLE_CAP, cap)
                    .hasMessageContaining("EINVAL")
                    .hasMessageContaining("does not take this capability")
                    .hasMessageContaining("newer kernel");
        });
    }

    @Test
    void shouldExplainADeviceThatKvmDoesNotMake() {
        onVm(vm -> {
            long device = scratch.zeroed(12);
            RawMemory.putInt(device, 9999);
            assertFails(vm, Ioctl.KVM_CREATE_DEVICE, device)
                    .hasMessageContaining("ENODEV")
                    .hasMessageContaining("no devices of this type");
        });
    }

    @Test
    void shouldExplainACallOnTheWrongKindOfFile() {
        onVm(vm -> assertFails(vm, Ioctl.KVM_GET_REGS, scratch.zeroed(512))
                .hasMessageContaining("ENOTTY")
                .hasMessageContaining("newer kernel"));
    }

    @Test
    void shouldExplainMemoryThatTheHostCannotGive() {
        try (TestMachine machine = new TestMachine()) {
            // mov rax, [rbx]; out 0x51, al
            EngineVcpu vcpu = machine.start(Mode.LONG_USER, "488b03 e651");
            vcpu.registers().set(TestMachine.RBX, TestMachine.MMIO);
            long gone = Libc.mmap(0, 0x1000, 0, 0x22, -1, 0); // PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS
            machine.machine().mapMemory(TestMachine.MMIO, gone, 0x1000, false);
            try {
                assertThat(vcpu.run(machine.exit)).isEqualTo(ExitReason.FAILED);
                assertThat(machine.exit.failure())
                        .startsWith("KVM_RUN failed at rip 0x")
                        .contains("EFAULT")
                        .contains("memory that the host cannot give it; free host memory")
                        .doesNotContain("\n");
            } finally {
                machine.machine().unmapMemory(TestMachine.MMIO);
                Libc.munmap(gone, 0x1000);
            }
        }
    }
}
