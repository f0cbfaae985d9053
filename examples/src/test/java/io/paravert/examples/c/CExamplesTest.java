package io.paravert.examples.c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.abi.Gpa;
import io.paravert.examples.Launch;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CExamplesTest {
    @ParameterizedTest
    @ValueSource(strings = {"hello-c", "smp-c", "ring3-c"})
    void shouldBeFoundByNameAndBuildFromTheJarsOwnSources(String name) {
        assumeTrue(
                List.of(System.getenv("PATH").split(":")).stream().anyMatch(p -> Files.isExecutable(Path.of(p, "gcc"))),
                "gcc is not installed");
        ExampleGuest example = ServiceLoader.load(ExampleGuest.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(e -> e.name().equals(name))
                .findFirst()
                .orElseThrow();
        GuestProgram program = example.program();
        assertThat(program.entry()).isGreaterThanOrEqualTo(Gpa.LOAD_MIN);
        assertThat(program.pvhEntry()).isPresent();
        assertThat(example.summary()).isNotBlank();
    }

    @Test
    void shouldSayInOneLineThatThereIsNoCompiler(@TempDir Path folder) throws Exception {
        Path tools = Files.createDirectory(folder.resolve("bin"));
        for (String tool : List.of("sh", "dirname", "mktemp", "cat", "rm")) {
            Path program = Files.writeString(tools.resolve(tool), "#!/bin/sh\nexec /bin/" + tool + " \"$@\"\n");
            assertThat(program.toFile().setExecutable(true)).isTrue();
        }
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(Launch.command("run", "hello-c"))
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(err.toFile());
        builder.environment().put("PATH", tools.toString());
        builder.environment().remove("CC");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(err))
                .isEqualTo("paravert: hello-c: pv-cc: no C compiler: install gcc (12 or newer) or clang,"
                        + " or name one with --cc\n");
        assertThat(process.exitValue()).as("bad guest").isEqualTo(3);
        assertThat(folder.resolve("out")).isEmptyFile();
    }
}
