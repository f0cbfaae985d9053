package io.paravert.examples.c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.abi.Gpa;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
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
}
