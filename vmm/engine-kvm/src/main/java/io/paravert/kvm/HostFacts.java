package io.paravert.kvm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is known of the host without opening {@code /dev/kvm}: enough to say why it cannot be opened.
 *
 * @param linuxX86 64-bit Linux on x86-64
 * @param deviceExists {@code /dev/kvm} is there, accessible or not
 * @param processorVirtualizes the processor shows VMX or SVM
 * @param virtualMachine the host itself runs under a hypervisor
 * @param container the process seems to run in a container
 * @param modules KVM's kernel modules, such as kvm and kvm_amd, sorted
 * @param kernel release of the kernel; empty if unknown
 */
record HostFacts(
        boolean linuxX86,
        boolean deviceExists,
        boolean processorVirtualizes,
        boolean virtualMachine,
        boolean container,
        List<String> modules,
        String kernel) {

    HostFacts {
        modules = List.copyOf(modules);
    }

    static HostFacts read() {
        String flags = cpuFlags();
        return new HostFacts(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                Files.exists(Path.of(KvmDevice.PATH)),
                flags.contains(" vmx ") || flags.contains(" svm "),
                flags.contains(" hypervisor "),
                Files.exists(Path.of("/.dockerenv")) || Files.exists(Path.of("/run/.containerenv")),
                loadedModules(),
                firstLine(Path.of("/proc/sys/kernel/osrelease")));
    }

    /** The module that does the work behind {@code /dev/kvm}: the one that is not kvm itself; empty if none is seen. */
    String backend() {
        return modules.stream()
                .filter(m -> m.startsWith("kvm_"))
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
    }

    private static List<String> loadedModules() {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/sys/module"), "kvm*")) {
            entries.forEach(e -> found.add(String.valueOf(e.getFileName())));
        } catch (IOException e) {
            return List.of();
        }
        Collections.sort(found);
        return found;
    }

    private static String cpuFlags() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith("flags")).findFirst().orElse("") + " ";
        } catch (IOException e) {
            return "";
        }
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
