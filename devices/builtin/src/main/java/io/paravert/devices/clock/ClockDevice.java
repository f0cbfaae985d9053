package io.paravert.devices.clock;

import io.paravert.abi.DeviceType;
import io.paravert.abi.Gpa;
import io.paravert.device.ClaimException;
import io.paravert.device.Device;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.device.EventLine;
import io.paravert.device.InlineAccessHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** See {@link ClockRegisters}. Registers are served inline, on vCPU threads: reading the time costs no thread hop. */
public final class ClockDevice implements Device {
    private static final long PAGE = 4096;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NO_TIMER = -1;
    /** An alarm further away is looked at again after so long, ms. */
    private static final long LONGEST_WAIT = 60_000;

    private static final DeviceIdentity IDENTITY = new DeviceIdentity(DeviceType.CLOCK, 0, 0, 0);

    private final InstantSource source;
    private final AtomicLong alarm = new AtomicLong();
    private final AtomicLong fired = new AtomicLong();
    private volatile long startedAt;
    private volatile @Nullable Context context;
    private @Nullable EventLine line;
    private long timer = NO_TIMER;

    /** The host's clock. */
    public ClockDevice() {
        this(InstantSource.system());
    }

    public ClockDevice(InstantSource source) {
        this.source = source;
    }

    @Override
    public DeviceIdentity identity() {
        return IDENTITY;
    }

    @Override
    public void attach(DeviceSite site) {
        long window = Gpa.DEVICE_WINDOW + site.number() * PAGE;
        if (window > Gpa.DEVICE_WINDOW_END - PAGE) {
            throw new ClaimException("device number " + site.number() + " has no MMIO window");
        }
        line = site.eventLine(0);
        site.claimMmio(window, ClockRegisters.BYTES, new InlineAccessHandler() {
            @Override
            public long read(int vcpu, long offset, int size) {
                return size == Long.BYTES ? register((int) offset) : 0;
            }

            @Override
            public void write(int vcpu, long offset, int size, long value) {
                if (size == Long.BYTES && offset == ClockRegisters.ALARM) {
                    setAlarm(value);
                }
            }
        });
    }

    private long wall() {
        Instant now = source.instant();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }

    private long register(int offset) {
        return switch (offset) {
            case ClockRegisters.WALL -> wall();
            case ClockRegisters.MONOTONIC -> System.nanoTime() - startedAt;
            case ClockRegisters.ALARM -> alarm.get();
            case ClockRegisters.FIRED -> fired.get();
            default -> 0;
        };
    }

    /** A guest can set it often: what is posted to the context is one small task, and the last value counts. */
    private void setAlarm(long at) {
        boolean idle = alarm.getAndSet(at) == 0;
        Context own = context;
        if (own != null && (idle || at != 0)) {
            own.runOnContext(ignored -> look());
        }
    }

    /** Raises the alarm or waits for it. */
    private void look() {
        Context own = context;
        long at = alarm.get();
        if (own == null) {
            return;
        }
        if (timer != NO_TIMER) {
            own.owner().cancelTimer(timer);
            timer = NO_TIMER;
        }
        if (at == 0) {
            return;
        }
        long left = at - wall();
        if (at < 0 || left <= 0) {
            if (alarm.compareAndSet(at, 0)) {
                fired.incrementAndGet();
                if (line != null) {
                    line.raise();
                }
            }
            return;
        }
        long wait = Math.min(LONGEST_WAIT, (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        timer = own.owner().setTimer(Math.max(1, wait), id -> look());
    }

    @Override
    public Future<Void> start() {
        startedAt = System.nanoTime();
        context = Vertx.currentContext();
        look();
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> stop() {
        alarm.set(0);
        look();
        context = null;
        return Future.succeededFuture();
    }
}
