package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Ctrl-A on a terminal. */
class EscapeFilterTest {
    private final EscapeFilter filter = new EscapeFilter();

    private String typed(String keys) {
        byte[] bytes = keys.getBytes(StandardCharsets.ISO_8859_1);
        byte[] buffer = Arrays.copyOf(bytes, bytes.length + 1);
        return new String(buffer, 0, filter.filter(buffer, bytes.length), StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldPassKeysOn() {
        assertThat(typed("abc\r")).isEqualTo("abc\r");
        assertThat(filter.leaving()).isFalse();
    }

    @Test
    void shouldLeaveAtControlAX() {
        assertThat(typed("ab\u0001xcd")).isEqualTo("ab");
        assertThat(filter.leaving()).isTrue();
    }

    @Test
    void shouldRememberTheEscapeBetweenReads() {
        assertThat(typed("a\u0001")).isEqualTo("a");
        assertThat(typed("x")).isEmpty();
        assertThat(filter.leaving()).isTrue();
    }

    @Test
    void shouldTypeOneControlAForTwo() {
        assertThat(typed("\u0001\u0001x")).isEqualTo("\u0001x");
        assertThat(filter.leaving()).isFalse();
    }

    @Test
    void shouldGiveBackWhatIsNoCommand() {
        assertThat(typed("\u0001")).isEmpty();
        assertThat(typed("b")).isEqualTo("\u0001b");
    }
}
