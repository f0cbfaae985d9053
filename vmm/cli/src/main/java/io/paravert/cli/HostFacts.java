package io.paravert.cli;

import io.paravert.vmm.engine.EngineReport.Fact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is known of the machine and the JVM, whatever the engines say. */
record HostFacts(List<Fact> facts) {
    private static final int KIB_PER_MIB = 1024;

    HostFacts {
        facts = List.copyOf(facts);
    }

    static HostFacts read() {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("paravert", VersionText.number()));
        facts.add(new Fact("Java", System.getProperty("java.vm.name") + " " + Runtime.version()));
        facts.add(new Fact(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch")));
        facts.add(new Fact(
                "CPU",
                field(Path.of("/proc/cpuinfo"), "model name") + ", "
                        + Runtime.getRuntime().availableProcessors() + " for this process"));
        facts.add(new Fact("memory", mebibytes("MemTotal") + ", available " + mebibytes("MemAvailable")));
        facts.add(new Fact("heap limit", Runtime.getRuntime().maxMemory() / KIB_PER_MIB / KIB_PER_MIB + " MiB"));
        return new HostFacts(facts);
    }

    private static String mebibytes(String field) {
        String kibibytes = field(Path.of("/proc/meminfo"), field).replaceAll("\\D", "");
        return kibibytes.isEmpty() ? "unknown" : Long.parseLong(kibibytes) / KIB_PER_MIB + " MiB";
    }

    /** The first value of a field in one of the kernel's {@code name : value} files. */
    private static String field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
