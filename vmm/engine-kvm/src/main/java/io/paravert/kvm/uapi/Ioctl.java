package io.paravert.kvm.uapi;

/** The ioctl requests of KVM that the engine makes, by their names in {@code linux/kvm.h}. */
public enum Ioctl {
    // Of /dev/kvm itself.
    KVM_GET_API_VERSION(none(0x00)),
    KVM_CREATE_VM(none(0x01)),
    KVM_CHECK_EXTENSION(none(0x03)),
    KVM_GET_VCPU_MMAP_SIZE(none(0x04)),
    KVM_GET_SUPPORTED_CPUID(readWrite(0x05, VcpuStructs.Cpuid.ENTRIES)),

    // Of a VM.
    KVM_CREATE_VCPU(none(0x41)),
    KVM_GET_DIRTY_LOG(write(0x42, VmStructs.DirtyLog.SIZEOF)),
    KVM_SET_USER_MEMORY_REGION(write(0x46, VmStructs.MemoryRegion.SIZEOF)),
    KVM_SET_TSS_ADDR(none(0x47)),
    KVM_SET_IDENTITY_MAP_ADDR(write(0x48, 8)),
    KVM_CREATE_IRQCHIP(none(0x60)),
    KVM_IRQ_LINE(write(0x61, VmStructs.IrqLevel.SIZEOF)),
    KVM_IRQFD(write(0x76, VmStructs.Irqfd.SIZEOF)),
    KVM_CREATE_PIT2(write(0x77, VmStructs.PitConfig.SIZEOF)),
    KVM_IOEVENTFD(write(0x79, VmStructs.IoEventFd.SIZEOF)),
    KVM_XEN_HVM_CONFIG(write(0x7a, VmStructs.XenHvmConfig.SIZEOF)),
    KVM_ENABLE_CAP(write(0xa3, VmStructs.EnableCap.SIZEOF)),
    KVM_SIGNAL_MSI(write(0xa5, VmStructs.Msi.SIZEOF)),
    KVM_CREATE_DEVICE(readWrite(0xe0, VmStructs.CreateDevice.SIZEOF)),

    // Of a vCPU.
    KVM_RUN(none(0x80)),
    KVM_GET_REGS(read(0x81, Regs.SIZEOF)),
    KVM_SET_REGS(write(0x82, Regs.SIZEOF)),
    KVM_GET_SREGS(read(0x83, Sregs.SIZEOF)),
    KVM_SET_SREGS(write(0x84, Sregs.SIZEOF)),
    KVM_INTERRUPT(write(0x86, 4)),
    KVM_GET_MSRS(readWrite(0x88, VcpuStructs.Msrs.ENTRIES)),
    KVM_SET_MSRS(write(0x89, VcpuStructs.Msrs.ENTRIES)),
    KVM_SET_CPUID2(write(0x90, VcpuStructs.Cpuid.ENTRIES)),
    KVM_SET_MP_STATE(write(0x99, 4)),
    KVM_SET_GUEST_DEBUG(write(0x9b, VcpuStructs.GuestDebug.SIZEOF)),
    KVM_GET_TSC_KHZ(none(0xa3)),
    KVM_GET_XSAVE(read(0xa4, VcpuStructs.XSAVE_SIZEOF)),
    KVM_SET_XSAVE(write(0xa5, VcpuStructs.XSAVE_SIZEOF)),
    KVM_GET_XSAVE2(read(0xcf, VcpuStructs.XSAVE_SIZEOF));

    private final long request;

    Ioctl(long request) {
        this.request = request;
    }

    /** The second argument of ioctl(2). */
    public long request() {
        return request;
    }

    // asm-generic/ioctl.h: direction in bits 30-31, size in 16-29, type 0xae in 8-15, number in 0-7.
    private static long none(int number) {
        return encode(0, number, 0);
    }

    private static long write(int number, int size) {
        return encode(1, number, size);
    }

    private static long read(int number, int size) {
        return encode(2, number, size);
    }

    private static long readWrite(int number, int size) {
        return encode(3, number, size);
    }

    private static long encode(long direction, int number, int size) {
        return direction << 30 | (long) size << 16 | 0xae << 8 | number;
    }
}
