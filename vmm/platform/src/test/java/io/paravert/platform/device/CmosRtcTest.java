package io.paravert.platform.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class CmosRtcTest {
    private static final int B = 0x0b;
    private static final int C = 0x0c;

    private Instant now = Instant.parse("2026-11-25T13:38:58.400Z");
    private boolean high;
    /** How long each wakeup was asked to wait, and what it does. */
    private final Deque<Long> waits = new ArrayDeque<>();

    private Runnable woken = () -> {};
    private final CmosRtc rtc = new CmosRtc(() -> now, level -> high = level, (millis, task) -> {
        waits.add(millis);
        woken = task;
    });

    private int read(int register) {
        rtc.write(0, 0, 1, register);
        return (int) rtc.read(0, 1, 1);
    }

    private void write(int register, int value) {
        rtc.write(0, 0, 1, register);
        rtc.write(0, 1, 1, value);
    }

    private void passMillis(long millis) {
        now = now.plusMillis(millis);
    }

    @Test
    void shouldInterruptWhenASecondHasEnded() {
        write(B, 0x12);
        assertThat(waits).containsExactly(600L);
        passMillis(600);
        woken.run();
        assertThat(high).isTrue();
        assertThat(read(C)).isEqualTo(0xd0);
        assertThat(high).isFalse();
        assertThat(read(C)).isZero();
        assertThat(waits).containsExactly(600L, 1000L);
    }

    @Test
    void shouldInterruptAtItsAlarm() {
        write(1, 0x00);
        write(3, 0x39);
        write(5, 0xff);
        write(B, 0x22);
        for (int second = 59; second <= 60; second++) {
            assertThat(high).isFalse();
            passMillis(1000);
            woken.run();
        }
        assertThat(high).isTrue();
        assertThat(read(C) & 0xa0).isEqualTo(0xa0);
        passMillis(1000);
        woken.run();
        assertThat(high).isFalse();
    }

    @Test
    void shouldInterruptPeriodicallyAtItsRate() {
        write(0x0a, 0x2f);
        write(B, 0x42);
        assertThat(waits).containsExactly(100L);
        passMillis(100);
        woken.run();
        assertThat(high).isTrue();
        assertThat(read(C)).isEqualTo(0xc0);
        assertThat(waits).containsExactly(100L, 500L);
    }

    @Test
    void shouldKeepFlagsWithoutInterruptsIfNoneIsEnabled() {
        passMillis(700);
        assertThat(read(C)).isEqualTo(0x50);
        assertThat(high).isFalse();
        assertThat(waits).isEmpty();
    }

    @Test
    void shouldForgetWakeupsOfBefore() {
        write(B, 0x12);
        Runnable old = woken;
        write(B, 0x02);
        passMillis(600);
        old.run();
        assertThat(high).isFalse();
    }

    @Test
    void shouldBeSetAndGoOn() {
        write(B, 0x82);
        write(0, 0x56);
        write(2, 0x34);
        write(4, 0x12);
        write(7, 0x29);
        write(8, 0x02);
        write(9, 0x28);
        passMillis(5000);
        assertThat(read(0)).isEqualTo(0x56);
        write(B, 0x02);
        passMillis(2000);
        assertThat(read(0)).isEqualTo(0x58);
        assertThat(read(2)).isEqualTo(0x34);
        assertThat(read(7)).isEqualTo(0x29);
        assertThat(read(6)).isEqualTo(3);
        assertThat(read(9)).isEqualTo(0x28);
    }

    @Test
    void shouldIgnoreATimeThatIsNone() {
        write(B, 0x82);
        write(8, 0x13);
        write(B, 0x02);
        assertThat(read(8)).isEqualTo(0x11);
    }

    @Test
    void shouldGiveOneTimeToASlowReader() {
        passMillis(1599);
        assertThat(read(0)).isEqualTo(0x59);
        passMillis(2);
        assertThat(read(2)).isEqualTo(0x38);
        passMillis(600);
        assertThat(read(2)).isEqualTo(0x39);
    }

    @Test
    void shouldSayThatAnUpdateIsNear() {
        assertThat(read(0x0a)).isEqualTo(0x26);
        now = Instant.parse("2026-11-25T13:38:58.999900Z");
        assertThat(read(0x0a)).isEqualTo(0xa6);
    }
}
