package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.KvmRun;
import io.paravert.kvm.uapi.VcpuStructs.Cpuid;
import io.paravert.kvm.uapi.VmStructs.MemoryRegion;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.HypercallTransport;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * kvm_pvm hangs in the kernel at a hypercall instruction that it may patch. The engine forbids the patching, so that the
 * instruction is merely undefined; here a machine is made by hand that allows it, to see that a kick gets even that vCPU back.
 */
@OnKvm
class HungVcpuTest {
    @Test
    void shouldGetAVcpuBackThatHangsInTheKernel() throws InterruptedException {
        assumeTrue(HostFacts.read().backend().equals("kvm_pvm"), "only kvm_pvm is known to hang");
        try (HostMapping memory = HostMapping.allocate(ProbeGuest.BYTES);
                Scratch scratch = new Scratch(16 * 1024);
                KvmDevice device = KvmDevice.open();
                KvmFd vm = device.createVm("hung")) {
            ProbeGuest.load(memory.address(), HypercallTransport.VMCALL_INTERCEPTED, true);
            map(vm, memory, scratch);
            try (KvmFd vcpu = new KvmFd(vm.ioctl(Ioctl.KVM_CREATE_VCPU, 0, ""))) {
                long run = Libc.mmap(0, device.runBytes(), Libc.PROT_READ_WRITE, Libc.MAP_SHARED, vcpu.number(), 0);
                setCpuid(device.supportedCpuid(), vcpu, scratch);
                new KvmRegisters(vcpu, run, scratch.zeroed(KvmRegisters.fallbackBytes()), KvmRun.Sync.REGS, false)
                        .write(ProbeGuest.state());
                runUntilKicked(vcpu, run);
                Libc.munmap(run, device.runBytes());
            }
        }
    }

    private static void runUntilKicked(KvmFd vcpu, long run) throws InterruptedException {
        Kick kick = new Kick(run);
        Thread kicker = new Thread(() -> {
            LockSupport.parkNanos(100_000_000);
            kick.kick();
        });
        kicker.start();
        long start = System.nanoTime();
        int result = Libc.ioctl(vcpu.number(), Ioctl.KVM_RUN.request(), 0);
        int errno = Libc.errno();
        kicker.join();
        kick.close();
        assertThat(result).isEqualTo(-1);
        assertThat(errno).isEqualTo(Errno.EINTR);
        assertThat(System.nanoTime() - start).as("it did hang, and came back").isBetween(50_000_000L, 5_000_000_000L);
    }

    private static void map(KvmFd vm, HostMapping memory, Scratch scratch) {
        long region = scratch.zeroed(MemoryRegion.SIZEOF);
        RawMemory.putLong(region + MemoryRegion.MEMORY_SIZE, memory.size());
        RawMemory.putLong(region + MemoryRegion.USERSPACE_ADDR, memory.address());
        vm.ioctl(Ioctl.KVM_SET_USER_MEMORY_REGION, region, "");
    }

    private static void setCpuid(List<CpuidLeaf> leaves, KvmFd vcpu, Scratch scratch) {
        long table = scratch.zeroed(Cpuid.ENTRIES + leaves.size() * Cpuid.ENTRY_SIZEOF);
        RawMemory.putInt(table + Cpuid.NENT, leaves.size());
        for (int i = 0; i < leaves.size(); i++) {
            leaves.get(i).write(table + Cpuid.ENTRIES + (long) i * Cpuid.ENTRY_SIZEOF);
        }
        vcpu.ioctl(Ioctl.KVM_SET_CPUID2, table, "");
    }
}
