package io.paravert.kvm;

import static io.paravert.kvm.uapi.Ioctl.*;

import io.paravert.kvm.uapi.Ioctl;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * What an ioctl's error number means, as a table: by call and number, else by number alone (Linux, Documentation/virt/kvm/api.rst
 * and what the kernel's sources return). Pure data, so that each line is tested without the machine that has it.
 */
final class IoctlFailures {
    private static final String OUR_BUG = "this is a bug of the engine: please report it";
    private static final String KERNEL_LOG = "see the kernel log (dmesg | grep kvm)";
    private static final String NEWER_KERNEL = "use a newer kernel, " + KvmErrors.USE_SOFT;

    private static final Map<Ioctl, Map<Integer, Meaning>> BY_CALL = new EnumMap<>(Ioctl.class);
    private static final Map<Integer, Meaning> BY_NUMBER = new HashMap<>();

    /**
     * @param cause why the call failed
     * @param remedy what a person can do
     */
    record Meaning(String cause, String remedy) {}

    static {
        machines();
        memory();
        vcpus();
        interrupts();
        doorbells();
        any();
    }

    private IoctlFailures() {}

    static Meaning explain(Ioctl call, int errno) {
        Meaning meaning = BY_CALL.getOrDefault(call, Map.of()).get(errno);
        if (meaning == null) {
            meaning = BY_NUMBER.get(errno);
        }
        return meaning != null ? meaning : new Meaning("the kernel gives no reason", KERNEL_LOG);
    }

    private static void add(Ioctl call, int errno, String cause, String remedy) {
        BY_CALL.computeIfAbsent(call, c -> new HashMap<>()).put(errno, new Meaning(cause, remedy));
    }

    private static void machines() {
        for (int errno : new int[] {Errno.EIO, Errno.EOPNOTSUPP, Errno.ENODEV}) {
            add(
                    KVM_CREATE_VM,
                    errno,
                    "the kernel cannot turn virtualization on",
                    "turn it on in the firmware's settings, " + KvmErrors.USE_SOFT);
        }
        add(
                KVM_CREATE_VM,
                Errno.EBUSY,
                "another hypervisor holds the processor",
                "stop it (VirtualBox, VMware, ...), " + KvmErrors.USE_SOFT);
        add(KVM_CREATE_VM, Errno.EINVAL, "this kernel's KVM makes no machines of the plain type", NEWER_KERNEL);
        add(KVM_GET_SUPPORTED_CPUID, Errno.E2BIG, "the processor has more CPUID leaves than expected", OUR_BUG);
        add(KVM_ENABLE_CAP, Errno.EINVAL, "KVM does not take this capability, or not this value", NEWER_KERNEL);
        add(KVM_XEN_HVM_CONFIG, Errno.EINVAL, "KVM does not intercept hypercalls in this way", NEWER_KERNEL);
        add(KVM_CREATE_DEVICE, Errno.ENODEV, "KVM has no devices of this type", NEWER_KERNEL);
    }

    private static void memory() {
        add(KVM_SET_USER_MEMORY_REGION, Errno.EEXIST, "it overlaps other guest memory", "map it elsewhere");
        add(
                KVM_SET_USER_MEMORY_REGION,
                Errno.EINVAL,
                "KVM does not take memory of this place and size, or has no slot left",
                "give the guest less memory (--mem), or fewer regions");
        add(KVM_SET_USER_MEMORY_REGION, Errno.EFAULT, "the host's memory is not there", OUR_BUG);
        add(KVM_GET_DIRTY_LOG, Errno.ENOENT, "writes to it are not being logged", "turn the log on first");
        add(KVM_SET_IDENTITY_MAP_ADDR, Errno.EINVAL, "the machine has vCPUs already", OUR_BUG);
    }

    private static void vcpus() {
        add(KVM_CREATE_VCPU, Errno.EINVAL, "more vCPUs than KVM allows", "use fewer (--vcpus)");
        add(KVM_CREATE_VCPU, Errno.EEXIST, "the machine has that vCPU already", OUR_BUG);
        add(KVM_SET_CPUID2, Errno.E2BIG, "more CPUID leaves than KVM takes", OUR_BUG);
        add(
                KVM_SET_CPUID2,
                Errno.EINVAL,
                "KVM does not take these CPUID leaves, or the vCPU has run already",
                NEWER_KERNEL);
        add(
                KVM_SET_SREGS,
                Errno.EINVAL,
                "the processor cannot have this state",
                "check CR0, CR4, EFER and the segments against each other");
        add(KVM_SET_MP_STATE, Errno.EINVAL, "the machine has no interrupt controller of KVM's", OUR_BUG);
        add(
                KVM_SET_XSAVE,
                Errno.EINVAL,
                "the area has state or a header that the processor has not",
                "take it from a processor like this one");
        add(
                KVM_SET_GUEST_DEBUG,
                Errno.EBUSY,
                "an exception is on its way to the guest",
                "run the vCPU, then try again");
        add(
                KVM_RUN,
                Errno.EFAULT,
                "the guest touched memory that the host cannot give it",
                "free host memory; a file that backs guest memory must not shrink");
        add(KVM_RUN, Errno.EINVAL, "the processor cannot run this state, or KVM cannot emulate it", KERNEL_LOG);
        add(KVM_RUN, Errno.ENOEXEC, "the vCPU has not been set up", OUR_BUG);
    }

    private static void interrupts() {
        add(KVM_CREATE_IRQCHIP, Errno.EEXIST, "the machine has interrupt controllers already", OUR_BUG);
        add(KVM_CREATE_IRQCHIP, Errno.EINVAL, "the machine has vCPUs already", OUR_BUG);
        add(KVM_CREATE_PIT2, Errno.EEXIST, "the machine has a timer already", OUR_BUG);
        add(KVM_CREATE_PIT2, Errno.ENOENT, "the machine has no interrupt controller of KVM's", OUR_BUG);
        add(KVM_IRQ_LINE, Errno.ENXIO, "the machine has no interrupt controller of KVM's", OUR_BUG);
        add(KVM_IRQ_LINE, Errno.EINVAL, "there is no such line", "use a line from 0 to 23");
        add(KVM_IRQFD, Errno.EBUSY, "the eventfd raises a line already", OUR_BUG);
        add(KVM_IRQFD, Errno.EINVAL, "the machine has no interrupt controller of KVM's, or no such line", OUR_BUG);
        add(KVM_SIGNAL_MSI, Errno.EINVAL, "this is no message that an interrupt controller understands", OUR_BUG);
        add(KVM_SIGNAL_MSI, Errno.ENXIO, "the machine has no interrupt controller of KVM's", OUR_BUG);
        add(KVM_INTERRUPT, Errno.ENXIO, "KVM's own interrupt controller does that", OUR_BUG);
        add(KVM_INTERRUPT, Errno.EEXIST, "another interrupt is on its way to the guest", OUR_BUG);
        add(KVM_INTERRUPT, Errno.EINVAL, "there is no such vector", "use a vector from 16 to 255");
    }

    private static void doorbells() {
        add(KVM_IOEVENTFD, Errno.EEXIST, "a doorbell is there already", "close that one first");
        add(KVM_IOEVENTFD, Errno.ENOSPC, "KVM takes no more doorbells", "use fewer devices");
        add(KVM_IOEVENTFD, Errno.EINVAL, "KVM has no doorbells of this size and place", OUR_BUG);
        add(KVM_IOEVENTFD, Errno.ENOENT, "no doorbell is there", OUR_BUG);
    }

    private static void any() {
        Meaning files = new Meaning("the process or the host has no file descriptor left", KvmErrors.TOO_MANY_FILES);
        BY_NUMBER.put(Errno.EMFILE, files);
        BY_NUMBER.put(Errno.ENFILE, files);
        BY_NUMBER.put(
                Errno.ENOMEM, new Meaning("the host has no memory left", "free host memory, or give the guests less"));
        BY_NUMBER.put(Errno.EFAULT, new Meaning("the kernel cannot reach the memory it was given", OUR_BUG));
        BY_NUMBER.put(Errno.EBADF, new Meaning("it is closed already", OUR_BUG));
        BY_NUMBER.put(Errno.EINVAL, new Meaning("KVM does not take these values", OUR_BUG));
        BY_NUMBER.put(Errno.E2BIG, new Meaning("more than KVM takes at once", OUR_BUG));
        BY_NUMBER.put(
                Errno.EIO,
                new Meaning("KVM has given the machine up", KERNEL_LOG + " for a warning, and start it anew"));
        Meaning forbidden = new Meaning(
                "this process may not use the machine, which belongs to the one that made it",
                "do not fork: start another machine");
        BY_NUMBER.put(Errno.EPERM, forbidden);
        BY_NUMBER.put(Errno.EACCES, forbidden);
        Meaning unknown = new Meaning("this kernel's KVM has no such call", NEWER_KERNEL);
        BY_NUMBER.put(Errno.ENOTTY, unknown);
        BY_NUMBER.put(Errno.ENOSYS, unknown);
        BY_NUMBER.put(Errno.EOPNOTSUPP, unknown);
    }
}
