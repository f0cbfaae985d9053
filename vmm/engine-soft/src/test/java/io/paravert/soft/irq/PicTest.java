package io.paravert.soft.irq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PicTest {
    private int rises;
    private final Pic pic = new Pic(() -> rises++);

    @BeforeEach
    void asAPcProgramsThem() {
        start(0x20, 0x20, 0x04, 0x01);
        start(0xa0, 0x28, 0x02, 0x01);
    }

    @Test
    void shouldGiveTheVectorOfALine() {
        pic.setLine(4, true);
        assertThat(pic.output()).isTrue();
        assertThat(rises).isPositive();
        assertThat(pic.acknowledge()).isEqualTo(0x24);
        assertThat(pic.output()).isFalse();
    }

    @Test
    void shouldServeTheLowestLineFirstAndHoldTheOthersUntilEoi() {
        pic.setLine(5, true);
        pic.setLine(1, true);
        assertThat(pic.acknowledge()).isEqualTo(0x21);
        assertThat(pic.output()).isFalse();
        pic.write(0x20, 0x20);
        assertThat(pic.acknowledge()).isEqualTo(0x25);
    }

    @Test
    void shouldLetAHigherLineInterruptALowerOneInService() {
        pic.setLine(5, true);
        pic.acknowledge();
        pic.setLine(1, true);
        assertThat(pic.output()).isTrue();
    }

    @Test
    void shouldCascade() {
        pic.setLine(12, true);
        assertThat(pic.acknowledge()).isEqualTo(0x2c);
        pic.setLine(12, false);
        pic.setLine(12, true);
        assertThat(pic.output()).as("in service").isFalse();
        pic.write(0xa0, 0x20);
        pic.write(0x20, 0x20);
        assertThat(pic.acknowledge()).isEqualTo(0x2c);
    }

    @Test
    void shouldHoldMaskedLines() {
        pic.write(0x21, 0x10);
        assertThat(pic.read(0x21)).isEqualTo(0x10);
        pic.setLine(4, true);
        assertThat(pic.output()).isFalse();
        pic.write(0x21, 0);
        assertThat(pic.acknowledge()).isEqualTo(0x24);
    }

    @Test
    void shouldGiveTheSpuriousVectorWhenTheLineWentAway() {
        pic.setLine(3, true);
        pic.setLine(3, false);
        assertThat(pic.output()).isFalse();
        assertThat(pic.acknowledge()).isEqualTo(0x27);
        assertThat(readInService()).as("a spurious interrupt is not in service").isZero();
    }

    @Test
    void shouldRequestALevelAgainAfterEoi() {
        pic.write(0x4d0, 0x20);
        assertThat(pic.read(0x4d0)).isEqualTo(0x20);
        pic.setLine(5, true);
        pic.acknowledge();
        pic.write(0x20, 0x65);
        assertThat(pic.acknowledge()).isEqualTo(0x25);
        pic.setLine(5, false);
        pic.write(0x20, 0x65);
        assertThat(pic.output()).isFalse();
    }

    @Test
    void shouldKeepTimerKeyboardAndCascadeEdgeTriggered() {
        pic.write(0x4d0, 0xff);
        pic.write(0x4d1, 0xff);
        assertThat(pic.read(0x4d0)).isEqualTo(0xf8);
        assertThat(pic.read(0x4d1)).isEqualTo(0xde);
    }

    @Test
    void shouldEndByItselfInAutomaticMode() {
        start(0x20, 0x20, 0x04, 0x03);
        pic.setLine(4, true);
        pic.acknowledge();
        assertThat(readInService()).isZero();
    }

    @Test
    void shouldRotatePriorities() {
        pic.setLine(3, true);
        pic.acknowledge();
        pic.write(0x20, 0xa0); // rotate on non-specific EOI: 3 is the lowest now
        pic.setLine(3, false);
        pic.setLine(3, true);
        pic.setLine(6, true);
        assertThat(pic.acknowledge()).isEqualTo(0x26);
    }

    @Test
    void shouldAnswerAPollAsAnAcknowledgement() {
        pic.setLine(4, true);
        pic.write(0x20, 0x0c);
        assertThat(pic.read(0x20)).isEqualTo(0x84);
        assertThat(readInService()).isEqualTo(0x10);
    }

    @Test
    void shouldLetLowerLinesThroughInSpecialMaskMode() {
        pic.setLine(2 + 1, true);
        pic.acknowledge();
        pic.write(0x20, 0x68);
        pic.write(0x21, 0x08);
        pic.setLine(6, true);
        assertThat(pic.output()).isTrue();
        assertThat(pic.acknowledge()).isEqualTo(0x26);
    }

    private int readInService() {
        pic.write(0x20, 0x0b);
        int value = pic.read(0x20);
        pic.write(0x20, 0x0a);
        return value;
    }

    private void start(int port, int base, int third, int fourth) {
        pic.write(port, 0x11);
        pic.write(port + 1, base);
        pic.write(port + 1, third);
        pic.write(port + 1, fourth);
        pic.write(port + 1, 0);
    }
}
