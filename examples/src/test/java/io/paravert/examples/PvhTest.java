package io.paravert.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.examples.c.HelloC;
import io.paravert.guest.ExampleGuest;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One file starts under this monitor by its own note, and under another one, QEMU, by the PVH note, and says the same. */
class PvhTest {
    private static final String QEMU = "qemu-system-x86_64";
    private static final long LIMIT_SECONDS = 60;
    /** What isa-debug-exit makes of a guest's status 0. */
    private static final int QEMU_ZERO = 1;

    @TempDir
    Path folder;

    private record Ended(int status, String out) {}

    static List<ExampleGuest> guests() {
        return List.of(new Hello(), new LongMode(), new Ring3(), new HelloC());
    }

    @ParameterizedTest
    @MethodSource("guests")
    void theSameFileShouldStartUnderBothMonitors(ExampleGuest example) throws Exception {
        assumeHere(QEMU);
        if (example instanceof HelloC) {
            assumeHere("gcc");
        }
        Path file = Files.write(
                folder.resolve(example.name() + ".elf"), example.program().toElf());
        Ended here = run(Launch.command("run", file.toString()));
        assertThat(here).isEqualTo(new Ended(0, Golden.expected(example.name())));

        Ended there = run(List.of(
                (QEMU + " -accel tcg -kernel " + file + " -no-reboot -display none -vga none -net none -serial stdio"
                                + " -device isa-debug-exit,iobase=0xf4,iosize=0x04")
                        .split(" ")));
        String expected = example instanceof HelloC
                ? "Hello from C on TCGTCGTCGTCG!\n" // It says what it runs on.
                : here.out();
        assertThat(there).isEqualTo(new Ended(QEMU_ZERO, expected));
    }

    private Ended run(List<String> command) throws IOException, InterruptedException {
        File out = folder.resolve("out").toFile();
        File err = folder.resolve("err").toFile();
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out)
                .redirectError(err)
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("ends: %s; said %s", command.get(0), Files.readString(out.toPath()))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(out.toPath(), StandardCharsets.UTF_8));
    }

    private static void assumeHere(String program) {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, program))),
                program + " is not installed");
    }
}
