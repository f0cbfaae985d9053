package io.paravert.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that says which test shows what of hostile drivers names tests and cases that are there. */
class HostilePageTest {
    private static final Pattern CASE = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final int CASES = 60;

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyCaseThatThePageNamesShouldBeThere() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file -> sources.put(file.getFileName().toString().replace(".java", ""), text(file)));
        }
        String page = text(Path.of("../../docs/hostile-drivers.md"));
        assertThat(CASE.matcher(page).results())
                .hasSizeGreaterThan(CASES)
                .allSatisfy((MatchResult named) -> assertThat(sources.getOrDefault(named.group(1), ""))
                        .as(named.group())
                        .containsPattern("\\b" + named.group(2) + "\\b"));
    }
}
