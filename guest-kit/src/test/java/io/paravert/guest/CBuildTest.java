package io.paravert.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.abi.Gpa;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Builds guests with each compiler that is here, and starts them under QEMU's PVH loader: another monitor's, on purpose. */
class CBuildTest {
    private static final Path SOURCES = Path.of(System.getProperty("basedir", ""), "src/test/c");
    private static final Path EXAMPLES = Path.of(System.getProperty("basedir", ""), "../examples/src/main/c");
    private static final String QEMU = "qemu-system-x86_64";

    @TempDir
    Path folder;

    /** What the guest wrote to the serial port, and the value it gave to isa-debug-exit. */
    private record Run(String output, int code) {}

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void shouldCarryBothEntriesAndStartAtOneMebibyte(String compiler) throws Exception {
        GuestProgram program = example(compiler, "hello.c").program("hello");
        assertThat(program.mode()).isEqualTo(GuestMode.LONG);
        assertThat(program.pvhEntry()).isPresent();
        assertThat(program.segments().get(0).gpa()).isEqualTo(Gpa.LOAD_MIN);
        assertThat(program.entry())
                .isBetween(Gpa.LOAD_MIN, program.segments().get(0).end());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void shouldSayWhatItRunsOnAndReturnMainsValue(String compiler) throws Exception {
        Run run = boot(example(compiler, "hello.c").build("hello"), "-append", "7 more words");
        assertThat(run).isEqualTo(new Run("Hello from C on TCGTCGTCGTCG!\n", 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void shouldPrintAsTheHostsLibcDoes(String compiler) throws Exception {
        Run run = boot(guest(compiler, "printf.c").build("printf"));
        Path hosted = folder.resolve("printf");
        execute(List.of(
                compiler,
                "-DHOSTED",
                "-w",
                "-o",
                hosted.toString(),
                SOURCES.resolve("printf.c").toString()));
        assertThat(run.output()).isEqualTo(execute(List.of(hosted.toString())).output());
        assertThat(run.code()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void shouldGoOnAfterAHandledExceptionAndDumpAnUnhandledOne(String compiler) throws Exception {
        Run run = boot(guest(compiler, "exception.c").build("exception"));
        assertThat(run.output())
                .contains("caught 33\n")
                .contains("exception 14 #PF page fault, error code 0x2, in ring 0 on vCPU 0\n")
                .contains("  write of 0x0000123456789000: no page is there\n")
                .contains("r9  0000000000000077")
                .contains("cr2 0000123456789000")
                .containsPattern("crash: exception 14 at 0x1[0-9a-f]{5}, and no handler took it\n$");
        assertThat(run.code()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void shouldKeepAnApplicationInRing3AwayFromTheKernel(String compiler) throws Exception {
        CBuild build = example(compiler, "ring3.c")
                .source("ring3.h", Files.readString(EXAMPLES.resolve("ring3.h")))
                .userSource("ring3_app.c", Files.readString(EXAMPLES.resolve("ring3_app.c")));
        Run run = boot(build.build("ring3"));
        assertThat(run.output()).isEqualTo("""
                        [ring 3] hello by int 0x80
                        [ring 3] hello by syscall
                        [ring 3] the kernel does not print its own memory for me
                        the application ended with 42
                        [ring 3] now reading the kernel's memory
                        the application faulted: exception 14 in ring 3; the kernel goes on
                        """);
        assertThat(run.code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void shouldStartASecondVcpuWithoutLosingAnUpdate(String compiler) throws Exception {
        Run run = boot(example(compiler, "smp.c").build("smp"), "-smp", "2");
        assertThat(run).isEqualTo(new Run("vCPU 0 and vCPU 1 counted to 20000\n", 0));
    }

    @Test
    void shouldSayThatAVcpuIsNotThere() throws Exception {
        Run run = boot(example("gcc", "smp.c").build("smp"));
        assertThat(run).isEqualTo(new Run("vCPU 1 does not start: error 110; this guest wants two vCPUs\n", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void shouldHandOutZeroedPagesAboveTheImage(String compiler) throws Exception {
        Run run = boot(guest(compiler, "memory.c").build("memory"));
        assertThat(run).isEqualTo(new Run("64 MiB\n1 1 1\n1 1\n1 time passes\n", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void shouldAnswerEveryCallWithEnosysWhereParavertIsNot(String compiler) throws Exception {
        Run run = boot(guest(compiler, "alone.c").build("alone"));
        assertThat(run).isEqualTo(new Run("-38 -38 -38\n-38 0\n-38 16 0\n", 0));
    }

    @Test
    void shouldGiveFlagsToTheGuestsOwnFiles() throws Exception {
        assumeHere("gcc");
        byte[] elf = new CBuild()
                .compiler("gcc")
                .source("flag.c", "#include <pv.h>\nint main(void) { return VALUE; }\n")
                .flags("-DVALUE=9")
                .build("flag");
        assertThat(boot(elf).code()).isEqualTo(9);
    }

    @Test
    void shouldShowWhatTheCompilerSaysOfAnError() {
        assumeHere("gcc");
        CBuild build = new CBuild().compiler("gcc").source("bad.c", "int main(void) { return missing; }\n");
        assertThatThrownBy(() -> build.program("bad"))
                .isInstanceOf(GuestProgramException.class)
                .hasMessageContaining("missing")
                .hasMessageEndingWith("pv-cc: bad.c does not compile with gcc");
    }

    @Test
    void shouldSayInOneLineThatThereIsNoSuchCompiler() {
        CBuild build = new CBuild().compiler("no-such-cc").source("a.c", "int main(void) { return 0; }\n");
        assertThatThrownBy(() -> build.program("a"))
                .isInstanceOf(GuestProgramException.class)
                .hasMessage("a: pv-cc: no compiler 'no-such-cc' on the PATH");
    }

    @Test
    void shouldRefuseAnApplicationThatCallsTheKernelDirectly() {
        assumeHere("gcc");
        CBuild build = new CBuild()
                .compiler("gcc")
                .source("k.c", "int main(void) { return 0; }\n")
                .userSource(
                        "u.c",
                        "#include <stdio.h>\nvoid user_main(void *a);\nvoid user_main(void *a) { (void)a; puts(\"\"); }\n");
        assertThatThrownBy(() -> build.program("mixed"))
                .hasMessageContaining("the application uses what only the kernel has: puts");
    }

    @Test
    void shouldRefuseASourceOutsideItsFolder() {
        assertThatThrownBy(() -> new CBuild().source("../a.c", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a plain file name: ../a.c");
    }

    @Test
    void shouldBuildTheSameByTheCommand() throws Exception {
        assumeHere("gcc");
        Path elf = folder.resolve("hello.elf");
        Run command = execute(List.of(
                Path.of(System.getProperty("basedir", ""), "pv-cc").toString(),
                "--cc",
                "gcc",
                "-o",
                elf.toString(),
                EXAMPLES.resolve("hello.c").toString()));
        assertThat(command.output()).isEmpty();
        GuestProgram byCommand = ElfReader.read("hello", Files.readAllBytes(elf));
        GuestProgram byClass = example("gcc", "hello.c").program("hello");
        assertThat(byCommand.segments().get(0).bytes())
                .isEqualTo(byClass.segments().get(0).bytes());
    }

    private static CBuild guest(String compiler, String file) throws Exception {
        assumeHere(compiler);
        return new CBuild().compiler(compiler).source(file, Files.readString(SOURCES.resolve(file)));
    }

    private static CBuild example(String compiler, String file) throws Exception {
        assumeHere(compiler);
        return new CBuild().compiler(compiler).source(file, Files.readString(EXAMPLES.resolve(file)));
    }

    /** isa-debug-exit makes of code c an exit status of 2c + 1; other statuses are QEMU's own. */
    private Run boot(byte[] elf, String... more) throws Exception {
        assumeHere(QEMU);
        Path file = Files.write(folder.resolve("guest.elf"), elf);
        List<String> command = new ArrayList<>(List.of(QEMU, "-kernel", file.toString(), "-m", "64", "-no-reboot"));
        command.addAll(List.of("-display", "none", "-vga", "none", "-net", "none", "-serial", "stdio"));
        command.addAll(List.of("-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"));
        command.addAll(List.of(more));
        Run run = execute(command);
        assertThat(run.code() & 1)
                .as("QEMU's own status %s: %s", run.code(), run.output())
                .isOne();
        return new Run(run.output(), run.code() >> 1);
    }

    private static Run execute(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        Thread watchdog = new Thread(() -> {
            try {
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        });
        watchdog.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(output, process.waitFor());
    }

    private static void assumeHere(String program) {
        boolean here = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(p -> Files.isExecutable(Path.of(p, program)));
        assumeTrue(here, () -> String.format(Locale.ROOT, "%s is not installed", program));
    }
}
