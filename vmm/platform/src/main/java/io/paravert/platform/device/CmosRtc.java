package io.paravert.platform.device;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.virtio.mmio.InterruptPin;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The clock and battery-backed memory of a PC (Motorola MC146818A data sheet), in 24-hour time, BCD or binary: it starts with the
 * host's time in UTC, can be set, and interrupts at every second, at an alarm, or periodically. Reading the seconds holds the
 * other fields for half a second, so that a slow reader gets one time and not parts of two.
 */
public final class CmosRtc implements Device, InlineAccessHandler {
    /** The ISA interrupt of a PC's clock. */
    public static final int GSI = 8;

    private static final int PORT = 0x70;
    private static final int BYTES = 128;
    private static final int STATUS_A = 0x0a;
    private static final int STATUS_B = 0x0b;
    private static final int STATUS_C = 0x0c;
    private static final int STATUS_D = 0x0d;
    /** 32768 Hz time base, 1024 Hz rate. */
    private static final int DIVIDER = 0x26;

    private static final int UPDATE_IN_PROGRESS = 0x80;
    private static final int SET = 0x80;
    /** Periodic, alarm, update ended: enables in register B, flags in register C. */
    private static final int PERIODIC = 0x40;

    private static final int ALARM = 0x20;
    private static final int UPDATED = 0x10;
    private static final int CAUSES = PERIODIC | ALARM | UPDATED;
    private static final int INTERRUPT = 0x80;
    private static final int BINARY = 4;
    private static final int HOURS_24 = 2;
    private static final int BATTERY_GOOD = 0x80;

    private static final int BASE_HERTZ = 32_768;
    private static final long NANOS = 1_000_000_000;
    private static final long MILLI = 1_000_000;
    /** So long before an update register A says that it is near. */
    private static final long UPDATE_NANOS = 244_000;

    private static final long HOLD_NANOS = NANOS / 2;
    /** Seconds that an alarm is looked for when nobody has looked for longer. */
    private static final long ALARM_WINDOW = 3600;

    private final InstantSource clock;
    private final InterruptPin pin;
    private final CmosTime time = new CmosTime();
    private final byte[] memory = new byte[BYTES];
    private Wakeup wakeup;
    private int index;
    /** What a guest has set the clock ahead by, seconds. */
    private long offset;

    private Instant held = Instant.EPOCH;
    /** Until when flags are up to date. */
    private Instant seen;

    private long wakeups;

    /** Calls back once, so many milliseconds later. */
    interface Wakeup {
        void after(long millis, Runnable task);
    }

    public CmosRtc(InstantSource clock, InterruptPin pin) {
        this(clock, pin, (millis, task) -> {});
    }

    /** @param wakeup replaced by the machine's timers where there are some */
    CmosRtc(InstantSource clock, InterruptPin pin, Wakeup wakeup) {
        this.clock = clock;
        this.pin = pin;
        this.wakeup = wakeup;
        this.seen = clock.instant();
        memory[STATUS_A] = DIVIDER;
        memory[STATUS_B] = HOURS_24;
        memory[STATUS_D] = (byte) BATTERY_GOOD;
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimPorts(PORT, 2, this);
        wakeup = (millis, task) -> site.vertx().setTimer(millis, timer -> task.run());
    }

    /** No alarm that is under way comes. */
    @Override
    public synchronized Future<Void> stop() {
        wakeups++;
        return Future.succeededFuture();
    }

    private Instant now() {
        return clock.instant().plusSeconds(offset);
    }

    private boolean isSetting() {
        return (memory[STATUS_B] & SET) != 0;
    }

    @Override
    public synchronized long read(int vcpu, long offset, int size) {
        return offset == 0 ? 0xff : readRegister();
    }

    private int readRegister() {
        if (CmosTime.has(index)) {
            return readTime();
        }
        return switch (index) {
            case STATUS_A -> memory[STATUS_A] | (isUpdateNear() ? UPDATE_IN_PROGRESS : 0);
            case STATUS_C -> takeFlags();
            default -> memory[index] & 0xff;
        };
    }

    private int readTime() {
        if (!isSetting()) {
            Instant now = now();
            boolean holds = now.isBefore(held.plusNanos(HOLD_NANOS)) && !now.isBefore(held);
            if (index == 0 || !holds) {
                held = now;
            }
            time.load(held);
        }
        return time.get(index, isBinary());
    }

    private boolean isBinary() {
        return (memory[STATUS_B] & BINARY) != 0;
    }

    private boolean isUpdateNear() {
        return !isSetting() && nanosOf(now()) % NANOS >= NANOS - UPDATE_NANOS;
    }

    private int takeFlags() {
        advance();
        int flags = memory[STATUS_C] & 0xff;
        memory[STATUS_C] = 0;
        pin.set(false);
        return flags;
    }

    @Override
    public synchronized void write(int vcpu, long offset, int size, long value) {
        if (offset == 0) {
            index = (int) value & BYTES - 1;
        } else {
            writeRegister((int) value & 0xff);
        }
    }

    private void writeRegister(int value) {
        if (CmosTime.has(index)) {
            writeTime(value);
        } else if (index == STATUS_B) {
            writeControl(value);
        } else if (index == STATUS_A) {
            advance();
            memory[STATUS_A] = (byte) (value & ~UPDATE_IN_PROGRESS);
            arm();
        } else if (index != STATUS_C && index != STATUS_D) {
            memory[index] = (byte) value;
        }
    }

    private void writeTime(int value) {
        if (!isSetting()) {
            time.load(now());
        }
        time.put(index, value, isBinary());
        if (!isSetting()) {
            adopt();
        }
    }

    private void writeControl(int value) {
        advance();
        boolean wasSetting = isSetting();
        // 12-hour time and daylight saving are not had; while the time is set no update ends.
        int control = value & (SET | CAUSES | BINARY) | HOURS_24;
        if ((control & SET) != 0) {
            control &= ~UPDATED;
            if (!wasSetting) {
                time.load(now());
            }
        }
        memory[STATUS_B] = (byte) control;
        if (wasSetting && (control & SET) == 0) {
            adopt();
        }
        raise();
        arm();
    }

    /** Takes what was set, if it is a time. */
    private void adopt() {
        time.epochSecond().ifPresent(second -> {
            offset = second - clock.instant().getEpochSecond();
            seen = now();
            held = Instant.EPOCH;
        });
    }

    /** Sets the flags of all that has happened since they were looked at last. */
    private void advance() {
        Instant now = now();
        if (now.isBefore(seen)) {
            seen = now;
            return;
        }
        int flags = 0;
        long second = now.getEpochSecond();
        if (!isSetting() && second > seen.getEpochSecond()) {
            flags |= UPDATED;
            long first = Math.max(seen.getEpochSecond() + 1, second - ALARM_WINDOW);
            for (long at = first; at <= second && (flags & ALARM) == 0; at++) {
                flags |= isAlarm(at) ? ALARM : 0;
            }
        }
        long period = periodNanos();
        if (period > 0 && nanosOf(now) / period != nanosOf(seen) / period) {
            flags |= PERIODIC;
        }
        seen = now;
        memory[STATUS_C] |= (byte) flags;
    }

    private static long nanosOf(Instant time) {
        return time.getEpochSecond() * NANOS + time.getNano();
    }

    /** Rates 1 and 2 are those of 8 and 9; 0 is none. */
    private long periodNanos() {
        int rate = memory[STATUS_A] & 0xf;
        if (rate == 0) {
            return 0;
        }
        int shift = rate <= 2 ? rate + 6 : rate - 1;
        return (NANOS << shift) / BASE_HERTZ;
    }

    /** An alarm field of 0xc0 and more matches always. */
    private boolean isAlarm(long second) {
        int[] fields = {(int) (second % 60), (int) (second / 60 % 60), (int) (second / 3600 % 24)};
        for (int i = 0; i < fields.length; i++) {
            int wanted = memory[2 * i + 1] & 0xff;
            if (wanted < 0xc0 && wanted != CmosTime.encoded(fields[i], isBinary())) {
                return false;
            }
        }
        return true;
    }

    private void raise() {
        if ((memory[STATUS_C] & memory[STATUS_B] & CAUSES) != 0) {
            memory[STATUS_C] |= (byte) INTERRUPT;
            pin.set(true);
        }
    }

    /** Asks to be woken when the next enabled cause may come, at most once a millisecond. */
    private void arm() {
        int causes = memory[STATUS_B] & CAUSES;
        long mine = ++wakeups;
        if (causes == 0) {
            return;
        }
        Instant now = now();
        long wait = NANOS - nanosOf(now) % NANOS;
        long period = periodNanos();
        if ((causes & PERIODIC) != 0 && period > 0) {
            wait = Math.min(wait, period - nanosOf(now) % period);
        }
        wakeup.after(Math.max(1, (wait + MILLI - 1) / MILLI), () -> wake(mine));
    }

    private synchronized void wake(long which) {
        if (which == wakeups) {
            advance();
            raise();
            arm();
        }
    }
}
