package io.paravert.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md and docs/labs.md say works: each command that starts with the launcher, and each link. */
class ReadmeTest {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final long LIMIT_SECONDS = 120;

    @TempDir
    Path directory;

    private static List<String> commands() throws IOException {
        return commands("README.md");
    }

    private static List<String> commands(String page) throws IOException {
        try (Stream<String> lines = Files.lines(TOP.resolve(page))) {
            return lines.filter(line -> line.startsWith("    "))
                    .map(String::strip)
                    .toList();
        }
    }

    /** Runs a line of shell in which {@code ./paravert} is this build's classes, and not what the launcher would build. */
    private String run(String command) throws IOException, InterruptedException {
        Path launcher = directory.resolve("paravert");
        Files.writeString(launcher, "#!/bin/sh\nexec " + Launch.shellCommand() + " \"$@\"\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        File output = directory.resolve("output").toFile();
        Process shell = new ProcessBuilder("sh", "-ec", command.replace("./paravert", launcher.toString()))
                .directory(TOP.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertThat(shell.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("ends: %s", command)
                    .isTrue();
        } finally {
            shell.destroyForcibly();
        }
        String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
        assertThat(shell.exitValue()).as("%s%n%s", command, said).isZero();
        return said;
    }

    @Test
    void eachCommandShouldWork() throws IOException, InterruptedException {
        List<String> commands =
                commands().stream().filter(c -> c.contains("./paravert")).toList();
        assertThat(commands).contains("./paravert run hello").hasSizeGreaterThan(8);
        for (String command : commands) {
            if (!command.contains("target/")) {
                assertThat(run(command)).as(command).isNotBlank();
            }
        }
    }

    /** Slow, as experiments are: some of them take seconds. */
    @Test
    void eachCommandOfTheTeachersPageShouldWork() throws IOException, InterruptedException {
        List<String> commands = commands("docs/labs.md");
        assertThat(commands)
                .allMatch(command -> command.contains("./paravert "))
                .hasSizeGreaterThan(10);
        for (String command : commands) {
            if (command.equals("./paravert lab io")) {
                // Minutes; vmm/lab's tests run it, shortened.
                continue;
            }
            // What the launcher would give to the JVM, the JVM takes by itself here.
            String said = run(command.replace("PARAVERT_JAVA_OPTIONS", "JDK_JAVA_OPTIONS")
                    .replace("target/regions", directory.resolve("regions").toString()));
            assertThat(said).as(command).isNotBlank();
        }
        try (Stream<Path> regions = Files.list(directory.resolve("regions"))) {
            assertThat(regions).isNotEmpty();
        }
    }

    @Test
    void theTwoCommandsOfANewcomerShouldStandFirst() throws IOException, InterruptedException {
        assertThat(commands().subList(0, 2)).containsExactly("./paravert run hello", "mvn -B verify");
        assertThat(run(commands().get(0)))
                .contains("Hello from a guest written in Java!\n", "hello exited with status 0\n");
    }

    @Test
    void eachLinkShouldLeadSomewhere() throws IOException {
        for (String page : List.of("README.md", "docs/README.md", "docs/labs.md")) {
            Matcher links = Pattern.compile("]\\(([^)]*)\\)").matcher(Files.readString(TOP.resolve(page)));
            while (links.find()) {
                if (!links.group(1).startsWith("http")) {
                    assertThat(TOP.resolve(page).resolveSibling(links.group(1)))
                            .as("%s in %s", links.group(1), page)
                            .exists();
                }
            }
        }
    }
}
