package io.paravert.examples.c;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Tests of guests in C need a compiler, and are skipped without. */
public final class RequiresCompiler {
    private RequiresCompiler() {}

    public static void check() {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, "gcc"))),
                "gcc is not installed");
    }
}
