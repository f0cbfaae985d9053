package io.paravert.virtio.mmio;

import io.paravert.virtio.SharedRegion;
import io.paravert.virtio.frame.DeviceFrame;
import io.paravert.virtio.frame.QueuePort;
import io.paravert.virtio.frame.QueuePort.Area;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The registers in front of a {@link DeviceFrame}. On the device's context. What a driver must not do (4.2.2.2: another width
 * than 32 bits, writing what is read-only, reading what is write-only, places that do not exist) reads as zero and changes
 * nothing.
 */
final class MmioTransport {
    private static final Future<Void> DONE = Future.succeededFuture();

    private final DeviceFrame frame;
    private int deviceFeaturesSel;
    private int driverFeaturesSel;
    private int queueSel;
    private int shmSel;

    MmioTransport(DeviceFrame frame) {
        this.frame = frame;
    }

    long read(int offset, int size) {
        if (offset >= MmioRegister.CONFIG) {
            return isConfigAccess(offset, size) ? frame.readConfig(offset - MmioRegister.CONFIG, size) : 0;
        }
        if (!isRegisterAccess(offset, size)) {
            return 0;
        }
        return readRegister(offset) & 0xffff_ffffL;
    }

    private static boolean isRegisterAccess(int offset, int size) {
        return size == MmioRegister.BYTES && offset % MmioRegister.BYTES == 0;
    }

    /** 4.2.2.2: each field by its own width, aligned; 64-bit fields by halves. */
    private static boolean isConfigAccess(int offset, int size) {
        return (size == 1 || size == 2 || size == 4) && offset % size == 0;
    }

    private int readRegister(int offset) {
        return switch (offset) {
            case MmioRegister.MAGIC_VALUE -> MmioRegister.MAGIC;
            case MmioRegister.VERSION -> MmioRegister.VERSION_2;
            case MmioRegister.DEVICE_ID -> frame.type();
            case MmioRegister.VENDOR_ID -> MmioRegister.VENDOR;
            case MmioRegister.DEVICE_FEATURES -> word(frame.offeredFeatures(), deviceFeaturesSel);
            case MmioRegister.STATUS -> frame.status();
            case MmioRegister.CONFIG_GENERATION -> frame.configGeneration();
            case MmioRegister.SHM_LEN_LOW, MmioRegister.SHM_LEN_HIGH ->
                half(frame.region(shmSel).map(SharedRegion::bytes).orElse(-1L), offset == MmioRegister.SHM_LEN_HIGH);
            case MmioRegister.SHM_BASE_LOW, MmioRegister.SHM_BASE_HIGH ->
                half(frame.region(shmSel).map(SharedRegion::gpa).orElse(-1L), offset == MmioRegister.SHM_BASE_HIGH);
            default -> readQueueRegister(offset);
        };
    }

    private int readQueueRegister(int offset) {
        QueuePort queue = frame.queue(queueSel);
        if (queue == null) {
            return 0;
        }
        return switch (offset) {
            case MmioRegister.QUEUE_NUM_MAX -> queue.maximum();
            case MmioRegister.QUEUE_READY -> queue.isEnabled() ? 1 : 0;
            case MmioRegister.QUEUE_RESET -> queue.isResetting() ? 1 : 0;
            default -> 0;
        };
    }

    /** Feature bits beyond 63 do not exist. */
    private static int word(long bits, int sel) {
        return sel == 0 || sel == 1 ? half(bits, sel == 1) : 0;
    }

    private static int half(long bits, boolean high) {
        return (int) (high ? bits >>> 32 : bits);
    }

    /** Completes when the write has taken effect. */
    Future<Void> write(int offset, int size, long value) {
        if (offset >= MmioRegister.CONFIG) {
            if (isConfigAccess(offset, size)) {
                frame.writeConfig(offset - MmioRegister.CONFIG, size, value);
            }
            return DONE;
        }
        return isRegisterAccess(offset, size) ? writeRegister(offset, (int) value) : DONE;
    }

    private Future<Void> writeRegister(int offset, int value) {
        switch (offset) {
            case MmioRegister.DEVICE_FEATURES_SEL -> deviceFeaturesSel = value;
            case MmioRegister.DRIVER_FEATURES_SEL -> driverFeaturesSel = value;
            case MmioRegister.DRIVER_FEATURES -> acceptFeatures(value);
            case MmioRegister.QUEUE_SEL -> queueSel = value;
            case MmioRegister.SHM_SEL -> shmSel = value;
            case MmioRegister.STATUS -> {
                return frame.writeStatus(value & 0xff);
            }
            default -> {
                QueuePort queue = frame.queue(queueSel);
                return queue == null ? DONE : writeQueueRegister(queue, offset, value);
            }
        }
        return DONE;
    }

    private void acceptFeatures(int bits) {
        if (driverFeaturesSel == 0 || driverFeaturesSel == 1) {
            frame.acceptFeatures(driverFeaturesSel == 1, bits);
        }
    }

    private static Future<Void> writeQueueRegister(QueuePort queue, int offset, int value) {
        switch (offset) {
            case MmioRegister.QUEUE_NUM -> queue.setSize(value);
            case MmioRegister.QUEUE_READY -> {
                return setReady(queue, value);
            }
            case MmioRegister.QUEUE_RESET -> {
                return value == 1 ? queue.reset() : DONE;
            }
            default -> {
                Area area = area(offset & ~MmioRegister.BYTES);
                if (area != null) {
                    queue.setArea(area, (offset & MmioRegister.BYTES) != 0, value);
                }
            }
        }
        return DONE;
    }

    private static Future<Void> setReady(QueuePort queue, int value) {
        if (value == 1) {
            queue.enable();
        }
        return value == 0 ? queue.disable() : DONE;
    }

    private static @Nullable Area area(int low) {
        return switch (low) {
            case MmioRegister.QUEUE_DESC_LOW -> Area.DESCRIPTOR;
            case MmioRegister.QUEUE_DRIVER_LOW -> Area.DRIVER;
            case MmioRegister.QUEUE_DEVICE_LOW -> Area.DEVICE;
            default -> null;
        };
    }

    /**
     * A write to QueueNotify: the queue's number in bits 15-0. With NOTIFICATION_DATA the bits above say where the driver
     * stands; the ring says so too, and only the ring is believed.
     */
    void notifyQueue(long value) {
        frame.notifyQueue((int) value & 0xffff);
    }
}
