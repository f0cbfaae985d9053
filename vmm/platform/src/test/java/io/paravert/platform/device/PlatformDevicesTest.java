package io.paravert.platform.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.platform.pci.PciHost;
import io.paravert.vmm.engine.InterruptLines;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class PlatformDevicesTest {
    private final List<String> events = new ArrayList<>();
    private final PowerSwitch power = new PowerSwitch() {
        @Override
        public void powerOff() {
            events.add("off");
        }

        @Override
        public void reset() {
            events.add("reset");
        }

        @Override
        public void panic(int vcpu) {
            events.add("panic " + vcpu);
        }
    };

    /** A far end with bounded room. */
    private static final class Line implements SerialLine {
        final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        final Deque<Byte> typed = new ArrayDeque<>();
        int room = Integer.MAX_VALUE;

        @Override
        public boolean send(byte value) {
            if (room == 0) {
                return false;
            }
            room--;
            sent.write(value);
            return true;
        }

        @Override
        public boolean canSend() {
            return room > 0;
        }

        @Override
        public int receive(byte[] target, int length) {
            int taken = 0;
            while (taken < length && !typed.isEmpty()) {
                target[taken++] = typed.remove();
            }
            return taken;
        }

        void type(String text) {
            for (byte each : text.getBytes(StandardCharsets.US_ASCII)) {
                typed.add(each);
            }
        }
    }

    @Nested
    final class Serial {
        private final Line line = new Line();
        private boolean interrupt;
        private final Deque<Runnable> timers = new ArrayDeque<>();
        private final Uart16550 uart = new Uart16550(level -> interrupt = level, (millis, task) -> timers.add(task));

        Serial() {
            uart.connect(line);
        }

        private int in(int register) {
            return (int) uart.read(0, register, 1) & 0xff;
        }

        private void out(int register, int value) {
            uart.write(0, register, 1, value);
        }

        @Test
        void sendsWhatIsWritten() {
            out(0, 'h');
            out(0, 'i');
            assertThat(line.sent.toString(StandardCharsets.US_ASCII)).isEqualTo("hi");
            assertThat(in(5) & 0x60).isEqualTo(0x60);
        }

        @Test
        void isBusyWhileTheFarEndIsFullAndInterruptsWhenItIsNot() {
            line.room = 1;
            out(1, 2);
            assertThat(in(2) & 0xf).isEqualTo(2);
            out(0, 'x');
            assertThat(in(5) & 0x60).isZero();
            assertThat(interrupt).isFalse();
            line.room = 1;
            uart.lineChanged();
            assertThat(interrupt).isTrue();
            assertThat(in(2) & 0xf).isEqualTo(2);
            assertThat(interrupt).isFalse();
        }

        @Test
        void losesNothingOfALongPaste() {
            out(2, 1);
            out(1, 1);
            String paste = "0123456789".repeat(10_000);
            line.type(paste);
            uart.lineChanged();
            StringBuilder read = new StringBuilder();
            while (interrupt) {
                int atOnce = 0;
                for (; (in(5) & 1) != 0; atOnce++) {
                    read.append((char) in(0));
                }
                assertThat(atOnce)
                        .as("what a driver takes before it lets others run")
                        .isBetween(1, 16);
                assertThat(interrupt).isFalse();
                timers.remove().run();
            }
            assertThat(read.toString()).isEqualTo(paste);
            assertThat(timers).isEmpty();
        }

        @Test
        void hearsWhatIsTypedLaterAtOnce() {
            out(2, 1);
            out(1, 1);
            line.type("a");
            uart.lineChanged();
            assertThat(in(0)).isEqualTo('a');
            timers.remove().run();
            assertThat(interrupt).isFalse();
            line.type("b");
            uart.lineChanged();
            assertThat(interrupt).isTrue();
            assertThat(in(0)).isEqualTo('b');
        }

        @Test
        void isStillAfterItsMachineHasStopped() {
            out(2, 1);
            out(1, 1);
            line.type("a".repeat(20));
            uart.lineChanged();
            for (int i = 0; i < 16; i++) {
                in(0);
            }
            uart.stop();
            timers.remove().run();
            uart.lineChanged();
            assertThat(interrupt).isFalse();
        }

        @Test
        void looksLikeA16550AToADriver() {
            out(2, 0xc1);
            assertThat(in(2)).isEqualTo(0xc1);
            out(7, 0x5a);
            assertThat(in(7)).isEqualTo(0x5a);
            out(4, 0x1a);
            assertThat(in(6) & 0xf0).isEqualTo(0x90);
            out(0, 'l');
            assertThat(in(0)).isEqualTo('l');
            assertThat(line.sent.size()).isZero();
        }

        @Test
        void keepsItsDivisorBehindTheData() {
            out(3, 0x83);
            out(0, 0x0c);
            out(1, 0x01);
            assertThat(in(0)).isEqualTo(0x0c);
            assertThat(in(1)).isEqualTo(0x01);
            out(3, 0x03);
            assertThat(in(1)).isZero();
        }
    }

    private final AcpiDevice acpi = new AcpiDevice();

    /** The power device with its claims taken. */
    private final class AcpiDevice {
        boolean interrupt;
        long now;
        final PortSite site = new PortSite();
        final AcpiPower device = new AcpiPower(level -> interrupt = level, power, () -> now);

        AcpiDevice() {
            device.attach(site);
        }
    }

    @Test
    void sleepsForGoodOnlyInTheStateThatTheTablesName() {
        acpi.site.out(AcpiPower.CONTROL_PORT, 2, 1 << 13 | 3 << 10);
        assertThat(events).isEmpty();
        acpi.site.out(AcpiPower.CONTROL_PORT, 2, 1 << 13 | AcpiPower.SLEEP_OFF << 10);
        assertThat(events).containsExactly("off");
        assertThat(acpi.site.in(AcpiPower.CONTROL_PORT, 2) & 1).isEqualTo(1);
    }

    @Test
    void thePowerButtonInterruptsUntilItIsAcknowledged() {
        assertThat(acpi.device.pressButton()).isFalse();
        assertThat(acpi.interrupt).isFalse();
        acpi.site.out(AcpiPower.EVENT_PORT + 2, 2, 1 << 8);
        assertThat(acpi.interrupt).isTrue();
        assertThat(acpi.site.in(AcpiPower.EVENT_PORT, 2)).isEqualTo(1 << 8);
        acpi.site.out(AcpiPower.EVENT_PORT, 2, 1 << 8);
        assertThat(acpi.interrupt).isFalse();
    }

    @Test
    void theTimerCountsAtItsRateAndWraps() {
        acpi.now = 1_000_000_000L;
        assertThat(acpi.site.in(AcpiPower.TIMER_PORT, 4)).isEqualTo(3_579_545);
        acpi.now = 1_200_000_000_000L;
        assertThat(acpi.site.in(AcpiPower.TIMER_PORT, 4)).isEqualTo(1200 * 3_579_545L & 0xffff_ffffL);
    }

    @Test
    void resetsByBothPorts() {
        PortSite ports = new PortSite();
        new PciHost(acpi.device.resetRegister()).attach(ports);
        ports.out(AcpiPower.RESET_PORT, 1, 2);
        ports.out(0xcf8, 4, 0x8000_0600L);
        assertThat(events).isEmpty();
        ports.out(AcpiPower.RESET_PORT, 1, AcpiPower.RESET_VALUE);
        PortSite keyboard = new PortSite();
        new KeyboardController(power).attach(keyboard);
        keyboard.out(0x64, 1, 0xfe);
        assertThat(events).containsExactly("reset", "reset");
    }

    @Test
    void theKeyboardControllerTestsItself() {
        PortSite keyboard = new PortSite();
        new KeyboardController(power).attach(keyboard);
        keyboard.out(0x64, 1, 0xaa);
        assertThat(keyboard.in(0x64, 1) & 1).isEqualTo(1);
        assertThat(keyboard.in(0x60, 1)).isEqualTo(0x55);
        assertThat(keyboard.in(0x64, 1) & 1).isZero();
    }

    @Test
    void theClockTellsTheTimeInBcdAndInBinary() {
        PortSite site = new PortSite();
        new CmosRtc(InstantSource.fixed(Instant.parse("2026-11-25T13:38:59Z")), level -> {}).attach(site);
        int[] registers = {0, 2, 4, 6, 7, 8, 9, 0x32};
        int[] expected = {0x59, 0x38, 0x13, 4, 0x25, 0x11, 0x26, 0x20};
        for (int i = 0; i < registers.length; i++) {
            site.out(0x70, 1, registers[i] | 0x80);
            assertThat(site.in(0x71, 1)).isEqualTo(expected[i]);
        }
        site.out(0x70, 1, 0xb);
        site.out(0x71, 1, 6);
        site.out(0x70, 1, 0);
        assertThat(site.in(0x71, 1)).isEqualTo(59);
    }

    @Test
    void aPanicIsToldWithItsProcessor() {
        PortSite site = new PortSite();
        new PanicDevice(power).attach(site);
        site.out(PanicDevice.PORT, 1, 2);
        site.out(PanicDevice.PORT, 1, 1);
        assertThat(events).containsExactly("panic 0");
    }

    @Test
    void linesAreSharedAndKeepTheirLevelUntilThereIsAMachine() {
        InterruptWires wires = new InterruptWires();
        var first = wires.pin(5);
        var second = wires.pin(5);
        first.set(true);
        wires.connect(new InterruptLines() {
            @Override
            public void setLine(int gsi, boolean level) {
                events.add(gsi + (level ? " high" : " low"));
            }

            @Override
            public void signalMsi(long address, int data) {
                events.add("msi");
            }
        });
        second.set(true);
        first.set(false);
        first.set(false);
        second.set(false);
        assertThat(events).containsExactly("5 high", "5 low");
    }
}
