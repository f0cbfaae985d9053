package io.paravert.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.guest.junit.GuestRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The other half of an example: {@code golden/NAME.out} is what it prints; {@code #} there stands for any number. */
public final class Golden {
    private Golden() {}

    public static void assertPrints(GuestRun run, String name) {
        String masked = expected(name).contains("#") ? run.console().replaceAll("[0-9]+ ns", "# ns") : run.console();
        assertThat(masked)
                .as("%s on %s (%s)", name, run.engine(), run.outcome())
                .isEqualTo(expected(name));
    }

    public static String expected(String name) {
        try (InputStream file = Golden.class.getResourceAsStream("/golden/" + name + ".out")) {
            assertThat(file).as("golden/%s.out", name).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
