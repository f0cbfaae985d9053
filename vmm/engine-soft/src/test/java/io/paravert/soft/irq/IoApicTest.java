package io.paravert.soft.irq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IoApicTest {
    private final FakeTimeline time = new FakeTimeline();
    private final ApicBus bus = new ApicBus();
    private final IoApic ioApic = new IoApic(bus);
    private LocalApic apic;

    @BeforeEach
    void oneProcessor() {
        InterruptSink nobody = new InterruptSink() {
            @Override
            public void wake() {}

            @Override
            public void nmi() {}

            @Override
            public void init() {}

            @Override
            public void startup(int vector) {}
        };
        apic = new LocalApic(0, bus, nobody, time, 1_000_000_000L, time, 40);
        apic.write(ApicRegister.SVR, 0x1ff);
    }

    @Test
    void shouldSayItsVersionAndPins() {
        select(1);
        assertThat(ioApic.read(0x10)).isEqualTo(0x170020);
        select(0x10);
        assertThat(ioApic.read(0x10)).as("masked after reset").isEqualTo(0x10000);
    }

    @Test
    void shouldDeliverAnEdgeOnce() {
        program(4, 0x31);
        ioApic.setLine(4, true);
        assertThat(takeAndEnd()).isEqualTo(0x31);
        ioApic.setLine(4, true);
        assertThat(takeAndEnd()).as("no new edge").isEqualTo(-1);
        ioApic.setLine(4, false);
        ioApic.setLine(4, true);
        assertThat(takeAndEnd()).isEqualTo(0x31);
    }

    @Test
    void shouldDeliverALevelAgainAtEachEndOfInterruptWhileItStands() {
        program(5, 0x8031);
        ioApic.setLine(5, true);
        assertThat(apic.acknowledge()).isEqualTo(0x31);
        assertThat(remoteIrr(5)).isTrue();
        apic.write(ApicRegister.EOI, 0);
        assertThat(apic.acknowledge()).as("still asserted").isEqualTo(0x31);
        ioApic.setLine(5, false);
        apic.write(ApicRegister.EOI, 0);
        assertThat(apic.pendingVector()).isEqualTo(-1);
        assertThat(remoteIrr(5)).isFalse();
    }

    @Test
    void shouldDeliverAStandingLevelWhenItIsUnmasked() {
        program(5, 0x18031);
        ioApic.setLine(5, true);
        assertThat(apic.pendingVector()).isEqualTo(-1);
        program(5, 0x8031);
        assertThat(apic.pendingVector()).isEqualTo(0x31);
    }

    @Test
    void shouldTakeALowLineAsAssertedWhenThePinIsActiveLow() {
        program(6, 0x2031);
        ioApic.setLine(6, true);
        assertThat(apic.pendingVector()).isEqualTo(-1);
        ioApic.setLine(6, false);
        assertThat(apic.pendingVector()).isEqualTo(0x31);
    }

    @Test
    void shouldNotLetSoftwareWriteRemoteIrrOrDeliveryStatus() {
        program(7, 0x1d031);
        select(0x10 + 14);
        assertThat(ioApic.read(0x10)).isEqualTo(0x18031);
    }

    @Test
    void shouldIgnoreRegistersAndOffsetsThatDoNotExist() {
        for (int register = 0x40; register < 0x100; register++) {
            select(register);
            ioApic.write(0x10, -1);
            assertThat(ioApic.read(0x10)).isZero();
        }
        ioApic.write(0x24, -1);
        assertThat(ioApic.read(0x24)).isZero();
    }

    @Test
    void shouldEndALevelByItsOwnEoiRegister() {
        program(5, 0x8031);
        ioApic.setLine(5, true);
        ioApic.setLine(5, false);
        ioApic.write(0x40, 0x31);
        assertThat(remoteIrr(5)).isFalse();
    }

    private boolean remoteIrr(int pin) {
        select(0x10 + pin * 2);
        return (ioApic.read(0x10) & 1 << 14) != 0;
    }

    private int takeAndEnd() {
        int vector = apic.pendingVector();
        if (vector >= 0) {
            apic.acknowledge();
            apic.write(ApicRegister.EOI, 0);
        }
        return vector;
    }

    private void program(int pin, int low) {
        select(0x10 + pin * 2 + 1);
        ioApic.write(0x10, 0);
        select(0x10 + pin * 2);
        ioApic.write(0x10, low);
    }

    private void select(int register) {
        ioApic.write(0, register);
    }
}
