package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KernelMessagesTest {
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private int stuck;
    private final KernelMessages messages = new KernelMessages(console::write, () -> stuck++);

    private void say(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        messages.write(bytes, 0, bytes.length);
    }

    @Test
    void shouldHearAPanicBehindTheTime() {
        say("[    1.234567] Kernel panic - not syn");
        assertThat(messages.panic()).isEmpty();
        say("cing: Attempted to kill init! exitcode=0x00000100\r\n[    1.3] CPU: 0 PID: 1\r\n");
        assertThat(messages.panic()).contains("Attempted to kill init! exitcode=0x00000100");
        assertThat(stuck).isZero();
        assertThat(console.toString(StandardCharsets.UTF_8)).startsWith("[    1.234567] Kernel panic - not syncing: A");
    }

    @Test
    void shouldHearAPanicWithoutTheTimeAndWithTheCaller() {
        say("Kernel panic - not syncing: one\n");
        assertThat(messages.panic()).contains("one");
        say("[    1.234567][    T1] Kernel panic - not syncing: two\n");
        assertThat(messages.panic()).contains("two");
    }

    @Test
    void shouldTakeAnOrderlyRebootAfterAnOldLogForAReboot() {
        say("[    1.234567] Kernel panic - not syncing: long ago\n# reboot\n");
        say("[   99.000000] reboot: Restarting system\n");
        assertThat(messages.panic()).isEmpty();
    }

    @Test
    void shouldTellThatTheKernelHasSaidItsLast() {
        say("[    1.2] Kernel panic - not syncing: x\n[    1.3] ---[ end Kernel panic - not syncing: x ]---\n");
        assertThat(stuck).isOne();
    }

    @Test
    void shouldNotMindWhatOnlyLooksSimilar() {
        say("grep 'Kernel panic - not syncing: x'\n# Kernel panic - not syncing: x\n" + "y".repeat(100_000) + "\n");
        assertThat(messages.panic()).isEmpty();
        assertThat(console.size()).isGreaterThan(100_000);
    }

    @Test
    void shouldPassNoControlCharacterOn() {
        say("Kernel panic - not syncing: a\u001b[2Jb\n");
        assertThat(messages.panic()).contains("a?[2Jb");
    }
}
