package io.paravert.platform.device;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * The clock and battery-backed memory of a PC (Motorola MC146818A data sheet): the host's time in UTC, read-only, in 24-hour
 * BCD. It raises no interrupts: kernels have better clocks, and poll this one.
 */
public final class CmosRtc implements Device, InlineAccessHandler {
    private static final int PORT = 0x70;
    private static final int BYTES = 128;
    private static final int STATUS_A = 0x0a;
    private static final int STATUS_B = 0x0b;
    private static final int STATUS_C = 0x0c;
    private static final int STATUS_D = 0x0d;
    private static final int CENTURY = 0x32;
    /** 32768 Hz time base, 1024 Hz rate. */
    private static final int DIVIDER = 0x26;

    private static final int HOURS_24 = 2;
    private static final int BINARY = 4;
    private static final int BATTERY_GOOD = 0x80;

    private final InstantSource clock;
    private final byte[] memory = new byte[BYTES];
    private int index;

    public CmosRtc(InstantSource clock) {
        this.clock = clock;
        memory[STATUS_A] = DIVIDER;
        memory[STATUS_B] = HOURS_24;
        memory[STATUS_D] = (byte) BATTERY_GOOD;
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimPorts(PORT, 2, this);
    }

    @Override
    public synchronized long read(int vcpu, long offset, int size) {
        return offset == 0 ? 0xff : readRegister();
    }

    private int readRegister() {
        LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
        return switch (index) {
            case 0x00 -> number(now.getSecond());
            case 0x02 -> number(now.getMinute());
            case 0x04 -> number(now.getHour());
            case 0x06 -> number(now.getDayOfWeek().getValue() % 7 + 1);
            case 0x07 -> number(now.getDayOfMonth());
            case 0x08 -> number(now.getMonthValue());
            case 0x09 -> number(now.getYear() % 100);
            case CENTURY -> number(now.getYear() / 100);
            default -> memory[index] & 0xff;
        };
    }

    private int number(int value) {
        boolean binary = (memory[STATUS_B] & BINARY) != 0;
        return binary ? value : value / 10 << 4 | value % 10;
    }

    @Override
    public synchronized void write(int vcpu, long offset, int size, long value) {
        if (offset == 0) {
            index = (int) value & BYTES - 1;
        } else if (index == STATUS_B) {
            // Interrupts are not had, nor 12-hour time.
            memory[STATUS_B] = (byte) (value & (BINARY | 0x80) | HOURS_24);
        } else if (index >= STATUS_A && index != STATUS_C && index != STATUS_D && index != CENTURY) {
            memory[index] = (byte) value;
        }
    }
}
