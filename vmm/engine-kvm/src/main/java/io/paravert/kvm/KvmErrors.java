package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.vmm.engine.EngineException;

/**
 * What KVM's error numbers mean to a person: cause and remedy. Pure functions, so that each case is tested without the
 * machine that has it.
 */
final class KvmErrors {
    static final String USE_SOFT = "or run with --engine soft";
    static final String TOO_MANY_FILES = "raise the limit of open files (ulimit -n), or run fewer guests";

    private KvmErrors() {}

    /** Why {@code /dev/kvm} cannot be opened. */
    static EngineException open(int errno, HostFacts host) {
        if (!host.linuxX86()) {
            return new EngineException(
                    "KVM needs Linux on x86-64; this is " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch"),
                    "run with --engine soft");
        }
        String problem = "cannot open " + KvmDevice.PATH + " (" + Errno.describe(errno) + ")";
        return switch (errno) {
            case Errno.ENOENT -> missing(host);
            case Errno.EACCES, Errno.EPERM ->
                new EngineException(
                        problem + (host.container() ? "; the container may not use it" : ""),
                        host.container()
                                ? "start the container with --device " + KvmDevice.PATH + ", " + USE_SOFT
                                : "add the user to the group of the device (sudo usermod -aG kvm $USER, then log in"
                                        + " again), " + USE_SOFT);
            case Errno.ENODEV, Errno.ENXIO ->
                new EngineException(
                        problem + ": no kernel module serves the device", loadModule(host) + ", " + USE_SOFT);
            case Errno.EMFILE, Errno.ENFILE -> new EngineException(problem, TOO_MANY_FILES);
            case Errno.EBUSY ->
                new EngineException(problem, "stop the other hypervisor that holds the processor, " + USE_SOFT);
            default -> new EngineException(problem, "see the kernel log (dmesg | grep kvm), " + USE_SOFT);
        };
    }

    private static EngineException missing(HostFacts host) {
        String problem = "there is no " + KvmDevice.PATH;
        if (host.container()) {
            return new EngineException(
                    problem + " in this container",
                    "start the container with --device " + KvmDevice.PATH + ", " + USE_SOFT);
        }
        if (!host.processorVirtualizes()) {
            return host.virtualMachine()
                    ? new EngineException(
                            problem + ": this host is a virtual machine without nested virtualization",
                            "turn on nesting for it (on its host: kvm_intel.nested=1 or kvm_amd.nested=1 and CPU"
                                    + " model host), " + USE_SOFT)
                    : new EngineException(
                            problem + ": the processor shows neither VMX nor SVM",
                            "turn on virtualization in the firmware's settings, " + USE_SOFT);
        }
        return new EngineException(problem + ": the kernel module is not loaded", loadModule(host) + ", " + USE_SOFT);
    }

    private static String loadModule(HostFacts host) {
        return host.backend().isEmpty()
                ? "load it (sudo modprobe kvm_amd, or kvm_intel)"
                : "load it anew (sudo modprobe -r " + host.backend() + " && sudo modprobe " + host.backend() + ")";
    }

    static EngineException apiVersion(int version) {
        return new EngineException(
                KvmDevice.PATH + " speaks version " + version + " of KVM's interface; the engine needs "
                        + KvmDevice.API_VERSION,
                "use a kernel newer than 2.6.22, " + USE_SOFT);
    }

    static EngineException missingCapability(String capability, String purpose) {
        return new EngineException(
                KvmDevice.PATH + " does not offer " + capability + ", which is needed " + purpose,
                "use a newer kernel, " + USE_SOFT);
    }

    /** @param what what the call was about, such as "slot 3 at 0x1000"; may be empty */
    static EngineException ioctl(Ioctl call, int errno, String what) {
        IoctlFailures.Meaning meaning = IoctlFailures.explain(call, errno);
        return new EngineException(describe(call, errno, what.isEmpty() ? "" : " for " + what), meaning.remedy());
    }

    /** Why a guest cannot go on, in one line. */
    static String run(int errno, long rip) {
        return describe(Ioctl.KVM_RUN, errno, " at rip 0x" + Long.toHexString(rip)) + "; "
                + IoctlFailures.explain(Ioctl.KVM_RUN, errno).remedy();
    }

    private static String describe(Ioctl call, int errno, String where) {
        return call + " failed" + where + " (" + Errno.describe(errno) + "): "
                + IoctlFailures.explain(call, errno).cause();
    }

    static EngineException mapRun(int errno) {
        return new EngineException(
                "cannot map a vCPU's kvm_run area (" + Errno.describe(errno) + ")",
                "free host memory, or use fewer vCPUs");
    }

    static EngineException eventFd(int errno) {
        return new EngineException("no eventfd to be had (" + Errno.describe(errno) + ")", TOO_MANY_FILES);
    }

    static EngineException msr(int index, String operation) {
        return new EngineException(
                "KVM does not " + operation + " MSR 0x" + Integer.toHexString(index),
                "it does not exist, or not with this value");
    }
}
