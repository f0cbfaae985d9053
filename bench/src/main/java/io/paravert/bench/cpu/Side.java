package io.paravert.bench.cpu;

import io.paravert.abi.Port;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where the programs run. */
enum Side {
    SOFT,
    TCG,
    /** The programs of ring 3 alone, in a host process. */
    NATIVE;

    /** One vCPU, no device but the console, the guest by PVH. */
    private static final List<String> QEMU = List.of(
            "qemu-system-x86_64",
            "-accel",
            "tcg",
            "-cpu",
            "max",
            "-smp",
            "1",
            "-m",
            "64",
            "-nodefaults",
            "-display",
            "none",
            "-serial",
            "stdio",
            "-no-reboot",
            "-device",
            "isa-debug-exit,iobase=" + Port.DEBUG_EXIT,
            "-kernel");

    /** What the bench may add to the JVM of the software engine. */
    static Map<String, String> environment(boolean interpreterOnly) {
        return interpreterOnly ? Map.of("PARAVERT_JAVA_OPTIONS", "-Dparavert.soft.translator=off") : Map.of();
    }

    /** The command that runs what was built for this side. */
    List<String> command(Path program, String launcher) {
        List<String> words = new ArrayList<>();
        switch (this) {
            case SOFT -> words.addAll(List.of(launcher, "run", "--engine", "soft"));
            case TCG -> words.addAll(QEMU);
            case NATIVE -> {}
        }
        words.add(program.toString());
        return words;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
