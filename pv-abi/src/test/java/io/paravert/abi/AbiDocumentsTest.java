package io.paravert.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.abi.AbiDocuments.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AbiDocumentsTest {
    private static final Path BASE = Path.of(System.getProperty("basedir", ""));

    @TempDir
    Path folder;

    @Test
    void shouldHaveTheCommittedReferencePageUpToDate() throws IOException {
        Path committed = BASE.resolve("../docs/abi.md");
        assertThat(Files.readString(committed))
                .as("docs/abi.md is out of date:"
                        + " cp pv-abi/target/generated-resources/abi/io/paravert/abi/abi.md docs/abi.md")
                .isEqualTo(AbiDocuments.text(Format.MD));
    }

    @Test
    void shouldHandOutTheSourceItself() throws IOException {
        assertThat(AbiDocuments.text(Format.JSON))
                .isEqualTo(Files.readString(BASE.resolve("src/main/abi/paravert-abi.json")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gcc -std=c11 -xc", "clang -std=c11 -xc", "g++ -std=c++11 -xc++", "clang++ -std=c++11 -xc++"})
    void shouldHaveAHeaderThatCompilesWithoutWarnings(String compiler) throws Exception {
        String[] words = compiler.split(" ");
        assumeTrue(isThere(words[0]), words[0] + " is not installed");
        Path source = Files.writeString(
                folder.resolve("all.c"), "#include \"paravert.h\"\nint size = (int) sizeof(struct pv_boot_info);\n");
        Files.writeString(folder.resolve("paravert.h"), AbiDocuments.text(Format.C));
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("-ffreestanding", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"));
        command.add(source.toString());
        assertThat(run(command)).isEmpty();
    }

    @Test
    void shouldRefuseAHeaderWhoseLayoutIsWrong() throws Exception {
        assumeTrue(isThere("gcc"), "gcc is not installed");
        String wrong = AbiDocuments.text(Format.C).replaceFirst("uint64_t ns_base;", "uint64_t ns_base[2];");
        Path source = Files.writeString(folder.resolve("wrong.c"), wrong);
        assertThat(run(List.of("gcc", "-std=c11", "-fsyntax-only", source.toString())))
                .contains("size of pv_clock_page")
                .doesNotContain("size of pv_call_slot");
    }

    @Test
    void shouldHaveAnIncludeThatAssembles() throws Exception {
        assumeTrue(isThere("as"), "GNU as is not installed");
        Files.writeString(folder.resolve("paravert.inc"), AbiDocuments.text(Format.ASM));
        Path source = Files.writeString(
                folder.resolve("all.s"), ".include \"paravert.inc\"\n.quad PV_BOOT_MAGIC, PV_BOOT_INFO_SIZE\n");
        Path object = folder.resolve("all.o");
        assertThat(run(List.of("as", "-I", folder.toString(), "-o", object.toString(), source.toString())))
                .isEmpty();
    }

    private static boolean isThere(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(p -> Files.isExecutable(Path.of(p, program)));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
