package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.vmm.engine.EngineException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KvmErrorsTest {
    private static HostFacts host(boolean virtualizes, boolean virtualMachine, boolean container, String... modules) {
        return new HostFacts(true, true, virtualizes, virtualMachine, container, List.of(modules), "6.1");
    }

    @Test
    void shouldTellToLoadTheModuleWhereTheProcessorVirtualizes() {
        EngineException e = KvmErrors.open(Errno.ENOENT, host(true, false, false));
        assertThat(e).hasMessageContaining("no /dev/kvm: the kernel module is not loaded");
        assertThat(e.remedy()).contains("modprobe kvm_amd").contains("--engine soft");
    }

    @Test
    void shouldTellToTurnOnNestingInAVirtualMachine() {
        EngineException e = KvmErrors.open(Errno.ENOENT, host(false, true, false));
        assertThat(e).hasMessageContaining("virtual machine without nested virtualization");
        assertThat(e.remedy()).contains("nested=1");
    }

    @Test
    void shouldTellToTurnOnVirtualizationInTheFirmware() {
        EngineException e = KvmErrors.open(Errno.ENOENT, host(false, false, false));
        assertThat(e).hasMessageContaining("neither VMX nor SVM");
        assertThat(e.remedy()).contains("firmware");
    }

    @Test
    void shouldTellToPassTheDeviceToAContainer() {
        assertThat(KvmErrors.open(Errno.ENOENT, host(true, false, true)).remedy())
                .contains("--device /dev/kvm");
        assertThat(KvmErrors.open(Errno.EACCES, host(true, false, true)).remedy())
                .contains("--device /dev/kvm");
    }

    @Test
    void shouldTellToJoinTheGroupWhenPermissionIsDenied() {
        EngineException e = KvmErrors.open(Errno.EACCES, host(true, false, false, "kvm", "kvm_amd"));
        assertThat(e).hasMessageContaining("EACCES, permission denied");
        assertThat(e.remedy()).contains("usermod -aG kvm");
    }

    @Test
    void shouldTellToReloadTheModuleThatServesNoDevice() {
        assertThat(KvmErrors.open(Errno.ENODEV, host(true, false, false, "kvm", "kvm_intel"))
                        .remedy())
                .contains("modprobe -r kvm_intel");
    }

    @Test
    void shouldSayThatAnotherSystemHasNoKvm() {
        HostFacts other = new HostFacts(false, false, false, false, false, List.of(), "");
        assertThat(KvmErrors.open(Errno.ENODEV, other)).hasMessageContaining("KVM needs Linux on x86-64");
    }

    @Test
    void shouldNameBothVersionsWhenTheInterfaceIsAnother() {
        assertThat(KvmErrors.apiVersion(11)).hasMessageContaining("version 11").hasMessageContaining("needs 12");
    }

    @Test
    void shouldBlameTheOtherHypervisorWhenTheProcessorIsBusy() {
        EngineException e = KvmErrors.ioctl(Ioctl.KVM_CREATE_VM, Errno.EBUSY, "machine a");
        assertThat(e).hasMessageContaining("KVM_CREATE_VM failed for machine a (EBUSY, device busy)");
        assertThat(e.remedy()).contains("VirtualBox");
    }

    @Test
    void shouldTellWhatRunsOut() {
        assertThat(KvmErrors.ioctl(Ioctl.KVM_CREATE_VM, Errno.EMFILE, "").remedy())
                .contains("ulimit -n");
        assertThat(KvmErrors.ioctl(Ioctl.KVM_SET_USER_MEMORY_REGION, Errno.ENOMEM, "")
                        .remedy())
                .contains("host memory");
        assertThat(KvmErrors.ioctl(Ioctl.KVM_CREATE_VCPU, Errno.EINVAL, "").remedy())
                .contains("--vcpus");
        assertThat(KvmErrors.ioctl(Ioctl.KVM_IOEVENTFD, Errno.ENOSPC, "").remedy())
                .contains("fewer devices");
    }

    @Test
    void shouldTellMemoryThatOverlapsAndStatesThatCannotBe() {
        assertThat(KvmErrors.ioctl(Ioctl.KVM_SET_USER_MEMORY_REGION, Errno.EEXIST, ""))
                .hasMessageContaining("overlaps");
        assertThat(KvmErrors.ioctl(Ioctl.KVM_SET_SREGS, Errno.EINVAL, ""))
                .hasMessageContaining("cannot have this state");
        assertThat(KvmErrors.ioctl(Ioctl.KVM_CREATE_VM, Errno.EIO, "").remedy()).contains("firmware");
    }

    /** What each error is, where people meet it: call, number, what the line must say. */
    @ParameterizedTest
    @CsvSource({
        "KVM_CREATE_VM, 12, no memory left; free host memory",
        "KVM_CREATE_VM, 16, another hypervisor holds the processor; stop it",
        "KVM_CREATE_VM, 24, no file descriptor left; raise the limit of open files",
        "KVM_CREATE_VCPU, 12, no memory left; free host memory",
        "KVM_CREATE_VCPU, 22, more vCPUs than KVM allows; use fewer (--vcpus)",
        "KVM_CREATE_VCPU, 17, has that vCPU already",
        "KVM_SET_USER_MEMORY_REGION, 14, memory is not there",
        "KVM_SET_USER_MEMORY_REGION, 17, overlaps other guest memory",
        "KVM_SET_USER_MEMORY_REGION, 22, or has no slot left; give the guest less memory",
        "KVM_SET_CPUID2, 7, more CPUID leaves than KVM takes",
        "KVM_SET_SREGS, 22, cannot have this state; check CR0",
        "KVM_SET_XSAVE, 22, that the processor has not",
        "KVM_CREATE_PIT2, 2, the machine has no interrupt controller",
        "KVM_IRQFD, 16, the eventfd raises a line already",
        "KVM_INTERRUPT, 6, own interrupt controller does that",
        "KVM_IOEVENTFD, 28, takes no more doorbells; use fewer devices",
        "KVM_RUN, 14, memory that the host cannot give it; free host memory",
        "KVM_RUN, 5, KVM has given the machine up; see the kernel log",
        "KVM_GET_REGS, 1, belongs to the one that made it",
        "KVM_SIGNAL_MSI, 25, no such call; use a newer kernel",
        "KVM_GET_REGS, 99, gives no reason; see the kernel log"
    })
    void shouldTurnTheNumberIntoCauseAndRemedy(Ioctl call, int errno, String said) {
        assertThat(KvmErrors.ioctl(call, errno, "")).hasMessageContaining(said);
    }

    @ParameterizedTest
    @EnumSource(Ioctl.class)
    void shouldNameEveryCallAndItsErrorInOneLine(Ioctl call) {
        for (int errno = 1; errno < 134; errno++) {
            assertThat(KvmErrors.ioctl(call, errno, "x"))
                    .hasMessageStartingWith(call + " failed for x (")
                    .hasMessageNotContaining("\n")
                    .extracting(EngineException::remedy)
                    .asString()
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6, 13, 16, 19, 24, 99})
    void shouldAlwaysSayWhatToDoAboutTheDevice(int errno) {
        for (int bits = 0; bits < 8; bits++) {
            EngineException e = KvmErrors.open(errno, host((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0));
            assertThat(e.remedy()).isNotEmpty();
            assertThat(e).hasMessageContaining("/dev/kvm").hasMessageNotContaining("\n");
        }
    }
}
