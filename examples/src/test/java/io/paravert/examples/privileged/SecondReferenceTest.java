package io.paravert.examples.privileged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.examples.Launch;
import io.paravert.guest.CBuild;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * QEMU as a second reference for privileged behaviour: one file, booted by PVH on QEMU's TCG and by its own note on the software engine,
 * tries thousands of things in rings 0 and 3 and prints what came of each. Both must say the same, but for what {@link #KNOWN} names
 * and the guests' comments leave out: faults of QEMU 7.2, by AMD's and Intel's manuals.
 */
class SecondReferenceTest {
    private static final String QEMU = "qemu-system-x86_64";
    private static final long LIMIT_SECONDS = 600;
    private static final int QEMU_ZERO = 1;

    /** Beginnings of lines that differ, and why. */
    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("locked_mov", "QEMU lets MOV have a LOCK prefix"),
            Map.entry("read_cr1 ring 3", "QEMU looks at the privilege before it finds that there is no such register"),
            Map.entry("read_cr5 ring 3", "as read_cr1"),
            Map.entry("xsetbv ring 3", "QEMU looks at the privilege before CR4.OSXSAVE"),
            Map.entry("rdpmc ring 0", "QEMU has no RDPMC"),
            Map.entry("stack_not_canonical", "QEMU raises #GP where accesses by RSP and RBP raise #SS"),
            Map.entry("frame_not_canonical", "as stack_not_canonical"),
            Map.entry("jump_not_canonical", "QEMU branches, and faults at the target instead of the branch"),
            Map.entry("return_not_canonical", "as jump_not_canonical"),
            Map.entry("iret_not_canonical", "as jump_not_canonical"),
            Map.entry("alignment ring 3 mode 1", "QEMU has no #AC"));

    @TempDir
    Path folder;

    private record Ended(int status, List<String> lines) {}

    @ParameterizedTest
    @ValueSource(strings = {"paging", "segments", "gates", "control"})
    void bothSayTheSame(String guest) throws Exception {
        assumeHere(QEMU);
        assumeHere("gcc");
        byte[] elf = new CBuild()
                .resource(SecondReferenceTest.class, guest + ".c")
                .resource(SecondReferenceTest.class, "attempt.c")
                .resource(SecondReferenceTest.class, "attempt.h")
                .build(guest);
        Path file = Files.write(folder.resolve(guest + ".elf"), elf);
        Ended here = run(Launch.command("run", "--engine", "soft", file.toString()));
        assertThat(here.status).isZero();
        assertThat(here.lines).endsWith("end");
        Ended there = run(List.of((QEMU + " -accel tcg -cpu max -kernel " + file
                        + " -no-reboot -display none -vga none -net none -serial stdio"
                        + " -device isa-debug-exit,iobase=0xf4,iosize=0x04")
                .split(" ")));
        assertThat(there.status).isEqualTo(QEMU_ZERO);
        assertThat(there.lines).hasSameSizeAs(here.lines);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < here.lines.size(); i++) {
            String line = here.lines.get(i);
            if (!line.equals(there.lines.get(i)) && KNOWN.keySet().stream().noneMatch(line::startsWith)) {
                differences.add("here:  " + line + "\nthere: " + there.lines.get(i));
            }
        }
        assertThat(differences).isEmpty();
    }

    private Ended run(List<String> command) throws Exception {
        File out = folder.resolve("out").toFile();
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("ends: %s", command.get(0))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(out.toPath(), StandardCharsets.UTF_8).stream()
                .map(String::stripTrailing)
                .toList();
        return new Ended(process.exitValue(), lines);
    }

    private static void assumeHere(String program) {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, program))),
                program + " is not installed");
    }
}
