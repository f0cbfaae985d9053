package io.paravert.virtio.pci;

import io.paravert.virtio.frame.DeviceFrame;
import io.paravert.virtio.frame.QueuePort;
import io.paravert.virtio.frame.QueuePort.Area;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The common configuration structure (virtio 1.2, 4.1.4.3) in front of a {@link DeviceFrame}. On the device's context. Fields
 * are accessed by their own width, 64-bit ones also by halves; anything else reads as zero and changes nothing.
 */
final class CommonConfig {
    private static final Future<Void> DONE = Future.succeededFuture();

    private static final int DEVICE_FEATURE_SELECT = 0x00;
    private static final int DEVICE_FEATURE = 0x04;
    private static final int DRIVER_FEATURE_SELECT = 0x08;
    private static final int DRIVER_FEATURE = 0x0c;
    private static final int CONFIG_MSIX_VECTOR = 0x10;
    private static final int NUM_QUEUES = 0x12;
    private static final int DEVICE_STATUS = 0x14;
    private static final int CONFIG_GENERATION = 0x15;
    private static final int QUEUE_SELECT = 0x16;
    private static final int QUEUE_SIZE = 0x18;
    private static final int QUEUE_MSIX_VECTOR = 0x1a;
    private static final int QUEUE_ENABLE = 0x1c;
    private static final int QUEUE_NOTIFY_OFF = 0x1e;
    private static final int QUEUE_DESC = 0x20;
    private static final int QUEUE_DRIVER = 0x28;
    private static final int QUEUE_DEVICE = 0x30;
    private static final int QUEUE_NOTIFY_DATA = 0x38;
    private static final int QUEUE_RESET = 0x3a;

    private final DeviceFrame frame;
    private final int queues;
    private final PciInterrupts interrupts;
    private int deviceFeatureSelect;
    private int driverFeatureSelect;
    private int queueSelect;

    CommonConfig(DeviceFrame frame, int queues, PciInterrupts interrupts) {
        this.frame = frame;
        this.queues = queues;
        this.interrupts = interrupts;
    }

    /** Bytes of the field at an offset; 8 for an address; 0 between fields. */
    private static int width(int offset) {
        return switch (offset) {
            case DEVICE_FEATURE_SELECT, DEVICE_FEATURE, DRIVER_FEATURE_SELECT, DRIVER_FEATURE -> 4;
            case DEVICE_STATUS, CONFIG_GENERATION -> 1;
            case QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE -> 8;
            default -> offset % 2 == 0 ? 2 : 0;
        };
    }

    long read(int offset, int size) {
        return size == width(offset) ? readField(offset) : 0;
    }

    private long readField(int offset) {
        return switch (offset) {
            case DEVICE_FEATURE_SELECT -> Integer.toUnsignedLong(deviceFeatureSelect);
            case DEVICE_FEATURE -> word(frame.offeredFeatures(), deviceFeatureSelect);
            case DRIVER_FEATURE_SELECT -> Integer.toUnsignedLong(driverFeatureSelect);
            case DRIVER_FEATURE -> word(frame.features(), driverFeatureSelect);
            case CONFIG_MSIX_VECTOR -> interrupts.configVector();
            case NUM_QUEUES -> queues;
            case DEVICE_STATUS -> frame.status();
            case CONFIG_GENERATION -> frame.configGeneration() & 0xff;
            case QUEUE_SELECT -> queueSelect;
            case QUEUE_MSIX_VECTOR -> interrupts.queueVector(queueSelect);
            case QUEUE_NOTIFY_OFF, QUEUE_NOTIFY_DATA -> queueSelect;
            default -> {
                QueuePort queue = frame.queue(queueSelect);
                yield queue == null ? 0 : readQueue(queue, offset);
            }
        };
    }

    private static long readQueue(QueuePort queue, int offset) {
        return switch (offset) {
            case QUEUE_SIZE -> queue.size();
            case QUEUE_ENABLE -> queue.isEnabled() ? 1 : 0;
            case QUEUE_RESET -> queue.isResetting() ? 1 : 0;
            default -> 0;
        };
    }

    /** Feature bits beyond 63 do not exist. */
    private static long word(long bits, int select) {
        return select == 0 || select == 1 ? bits >>> select * Integer.SIZE & 0xffff_ffffL : 0;
    }

    /** Completes when the write has taken effect. */
    Future<Void> write(int offset, int size, long value) {
        if (offset >= QUEUE_DESC && offset < QUEUE_NOTIFY_DATA) {
            writeArea(offset, size, value);
            return DONE;
        }
        return size == width(offset) ? writeField(offset, (int) value) : DONE;
    }

    private Future<Void> writeField(int offset, int value) {
        switch (offset) {
            case DEVICE_FEATURE_SELECT -> deviceFeatureSelect = value;
            case DRIVER_FEATURE_SELECT -> driverFeatureSelect = value;
            case DRIVER_FEATURE -> {
                if (driverFeatureSelect == 0 || driverFeatureSelect == 1) {
                    frame.acceptFeatures(driverFeatureSelect == 1, value);
                }
            }
            case CONFIG_MSIX_VECTOR -> interrupts.setConfigVector(value & 0xffff);
            case DEVICE_STATUS -> {
                return frame.writeStatus(value & 0xff);
            }
            case QUEUE_SELECT -> queueSelect = value & 0xffff;
            case QUEUE_MSIX_VECTOR -> interrupts.setQueueVector(queueSelect, value & 0xffff);
            default -> {
                QueuePort queue = frame.queue(queueSelect);
                return queue == null ? DONE : writeQueue(queue, offset, value);
            }
        }
        return DONE;
    }

    private static Future<Void> writeQueue(QueuePort queue, int offset, int value) {
        switch (offset) {
            case QUEUE_SIZE -> queue.setSize(value & 0xffff);
            case QUEUE_ENABLE -> {
                // 4.1.4.3.2: a driver must not write zero; it changes nothing.
                if ((value & 0xffff) == 1) {
                    queue.enable();
                }
            }
            case QUEUE_RESET -> {
                return (value & 0xffff) == 1 ? queue.reset() : DONE;
            }
            default -> {
                // Read-only, or not a field.
            }
        }
        return DONE;
    }

    private void writeArea(int offset, int size, long value) {
        QueuePort queue = frame.queue(queueSelect);
        Area area = area(offset & ~7);
        if (queue == null || area == null || size < Integer.BYTES || offset % size != 0) {
            return;
        }
        boolean high = (offset & Integer.BYTES) != 0;
        queue.setArea(area, high, (int) value);
        if (size == Long.BYTES) {
            queue.setArea(area, true, (int) (value >>> Integer.SIZE));
        }
    }

    private static @Nullable Area area(int offset) {
        return switch (offset) {
            case QUEUE_DESC -> Area.DESCRIPTOR;
            case QUEUE_DRIVER -> Area.DRIVER;
            case QUEUE_DEVICE -> Area.DEVICE;
            default -> null;
        };
    }
}
