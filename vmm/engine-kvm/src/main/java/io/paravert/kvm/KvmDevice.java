package io.paravert.kvm;

import io.paravert.kvm.uapi.Capability;
import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.VcpuStructs.Cpuid;
import io.paravert.kvm.uapi.VmStructs.CreateDevice;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.EngineException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code /dev/kvm}, opened and of the right version. Any thread. */
final class KvmDevice implements AutoCloseable {
    static final String PATH = "/dev/kvm";
    static final int API_VERSION = 12;

    /** More leaves than any processor has. */
    private static final int MAX_LEAVES = 256;

    private final KvmFd fd;
    private final int runBytes;
    private final List<CpuidLeaf> supportedCpuid;

    private KvmDevice(KvmFd fd) {
        this.fd = fd;
        runBytes = fd.ioctl(Ioctl.KVM_GET_VCPU_MMAP_SIZE, 0, "");
        supportedCpuid = readSupportedCpuid();
    }

    /** @throws EngineException with cause and remedy if the device is not usable */
    static KvmDevice open() {
        HostFacts host = HostFacts.read();
        if (!host.linuxX86()) {
            throw KvmErrors.open(Errno.ENODEV, host);
        }
        KvmFd fd = new KvmFd(openFile(host));
        try {
            int version = fd.ioctl(Ioctl.KVM_GET_API_VERSION, 0, "");
            if (version != API_VERSION) {
                throw KvmErrors.apiVersion(version);
            }
            KvmDevice device = new KvmDevice(fd);
            if (device.check(Capability.IMMEDIATE_EXIT) <= 0) {
                throw KvmErrors.missingCapability("KVM_CAP_IMMEDIATE_EXIT", "to stop a guest (Linux 4.13)");
            }
            return device;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static int openFile(HostFacts host) {
        byte[] path = (PATH + "\0").getBytes(StandardCharsets.US_ASCII);
        try (Scratch scratch = new Scratch(path.length)) {
            long address = scratch.zeroed(path.length);
            RawMemory.write(address, path, 0, path.length);
            int fd = Libc.open(address, Libc.O_RDWR | Libc.O_CLOEXEC);
            if (fd < 0) {
                throw KvmErrors.open(Libc.errno(), host);
            }
            return fd;
        }
    }

    /** What KVM_CHECK_EXTENSION says: 0 if KVM has not got it, else 1 or a value of the capability's own. */
    int check(Capability capability) {
        return Math.max(0, fd.tryIoctl(Ioctl.KVM_CHECK_EXTENSION, capability.number()));
    }

    /** Opens a new, empty VM. */
    KvmFd createVm(String name) {
        return new KvmFd(fd.ioctl(Ioctl.KVM_CREATE_VM, 0, "machine " + name));
    }

    /** Whether KVM_CREATE_DEVICE makes devices of the type ({@code KVM_DEV_TYPE_}). */
    boolean offersDevice(int type) {
        try (Scratch scratch = new Scratch(CreateDevice.SIZEOF);
                KvmFd vm = createVm("of the probe")) {
            long argument = scratch.zeroed(CreateDevice.SIZEOF);
            RawMemory.putInt(argument + CreateDevice.TYPE, type);
            RawMemory.putInt(argument + CreateDevice.FLAGS, CreateDevice.TEST);
            return vm.tryIoctl(Ioctl.KVM_CREATE_DEVICE, argument) == 0;
        }
    }

    /** Bytes of a vCPU's shared {@code kvm_run} area. */
    int runBytes() {
        return runBytes;
    }

    /** The leaves that this KVM on this processor can show a guest. */
    List<CpuidLeaf> supportedCpuid() {
        return supportedCpuid;
    }

    private List<CpuidLeaf> readSupportedCpuid() {
        int bytes = Cpuid.ENTRIES + MAX_LEAVES * Cpuid.ENTRY_SIZEOF;
        try (Scratch scratch = new Scratch(bytes)) {
            long table = scratch.zeroed(bytes);
            RawMemory.putInt(table + Cpuid.NENT, MAX_LEAVES);
            fd.ioctl(Ioctl.KVM_GET_SUPPORTED_CPUID, table, "");
            List<CpuidLeaf> leaves = new ArrayList<>();
            for (int i = 0; i < RawMemory.getInt(table + Cpuid.NENT); i++) {
                leaves.add(CpuidLeaf.read(table + Cpuid.ENTRIES + (long) i * Cpuid.ENTRY_SIZEOF));
            }
            return List.copyOf(leaves);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
