package io.paravert.soft.irq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PitTest {
    private final FakeTimeline time = new FakeTimeline();
    private int rises;
    private boolean line;
    private final Pit pit = new Pit(time, high -> {
        if (high && !line) {
            rises++;
        }
        line = high;
    });

    @Test
    void shouldTickAtTheRateOfItsDivisor() {
        load(0, 0x34, 11932); // mode 2: 100 Hz
        rises = 0;
        time.advance(1_000_000_000L);
        assertThat(rises).isCloseTo(100, within(1));
    }

    @Test
    void shouldTickAsASquareWaveToo() {
        load(0, 0x36, 11932);
        rises = 0;
        time.advance(1_000_000_000L);
        assertThat(rises).isCloseTo(100, within(1));
    }

    @Test
    void shouldRiseOnceAtTerminalCount() {
        load(0, 0x30, 1193); // 1 ms
        assertThat(line).isFalse();
        rises = 0;
        time.advance(990_000);
        assertThat(rises).isZero();
        time.advance(100_000_000);
        assertThat(rises).isEqualTo(1);
        assertThat(time.armed()).isZero();
    }

    @Test
    void shouldTake0As65536() {
        load(0, 0x34, 0);
        rises = 0;
        time.advance(1_000_000_000L);
        assertThat(rises).isEqualTo(18);
    }

    @Test
    void shouldBoundWhatAShortPeriodCostsTheHost() {
        load(0, 0x34, 1);
        rises = 0;
        time.advance(1_000_000);
        assertThat(rises).isBetween(1, 50);
    }

    @Test
    void shouldKeepALatchedCountUntilItIsRead() {
        load(0, 0x34, 0xffff);
        time.advance(1_000_000);
        pit.write(0x43, 0);
        time.advance(1_000_000);
        int latched = pit.read(0x40) | pit.read(0x40) << 8;
        assertThat(latched).isCloseTo(0xffff - 1193, within(2));
        int now = pit.read(0x40) | pit.read(0x40) << 8;
        assertThat(now).isCloseTo(0xffff - 2386, within(2));
    }

    @Test
    void shouldCountInBcd() {
        load(0, 0x31, 0x1000);
        time.advance(838_100); // one thousandth of a second less a bit: 1,000 ticks
        pit.write(0x43, 0);
        int latched = pit.read(0x40) | pit.read(0x40) << 8;
        assertThat(latched).isIn(0x0000, 0x0001, 0x9999);
    }

    @Test
    void shouldSayStatusByReadBack() {
        load(0, 0x34, 100);
        pit.write(0x43, 0xe2);
        assertThat(pit.read(0x40) & 0x3f).isEqualTo(0x34);
    }

    @Test
    void shouldMeasureTimeByTheGatedThirdCounterAsCalibrationLoopsDo() {
        pit.write(0x61, 0);
        load(2, 0xb0, 11932); // mode 0, 10 ms
        pit.write(0x61, 1);
        assertThat(pit.read(0x61) & 0x20).isZero();
        time.advance(9_900_000);
        assertThat(pit.read(0x61) & 0x20).isZero();
        time.advance(200_000);
        assertThat(pit.read(0x61) & 0x20).isEqualTo(0x20);
    }

    @Test
    void shouldHoldTheThirdCounterWhileItsGateIsDown() {
        pit.write(0x61, 0);
        load(2, 0xb0, 11932);
        time.advance(50_000_000);
        assertThat(pit.read(0x61) & 0x20).isZero();
    }

    @Test
    void shouldStopTickingWhenItsModeIsProgrammedAnew() {
        load(0, 0x34, 11932);
        pit.write(0x43, 0x30);
        rises = 0;
        time.advance(1_000_000_000L);
        assertThat(rises).isZero();
    }

    private void load(int counter, int control, int value) {
        pit.write(0x43, control);
        pit.write(0x40 + counter, value);
        pit.write(0x40 + counter, value >>> 8);
    }
}
