package io.paravert.examples.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/hostile-drivers.md names tests and cases: they are there. */
class HostileListTest {
    private static final Path PAGE = Path.of("../docs/hostile-drivers.md");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final int ROWS = 26;

    @Test
    void everyTestThatThePageNamesShouldExist() throws IOException {
        Map<String, String> sources = sources();
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| the driver |"))
                .toList();
        assertThat(rows).hasSizeGreaterThanOrEqualTo(ROWS);
        for (String row : rows) {
            List<MatchResult> named = NAMED.matcher(row).results().toList();
            assertThat(named).as(row).isNotEmpty();
            for (MatchResult name : named) {
                assertThat(sources).containsKey(name.group(1));
                assertThat(sources.get(name.group(1))).as(name.group(1)).containsPattern("\\b" + name.group(2) + "\\(");
            }
        }
    }

    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../devices"))) {
            return files.filter(file -> file.toString().matches(".*/src/.*(Test|Hostile\\w+)\\.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), HostileListTest::read));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
