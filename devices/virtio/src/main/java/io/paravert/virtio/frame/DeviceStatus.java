package io.paravert.virtio.frame;

import java.util.function.BooleanSupplier;

/**
 * The device status field, virtio 1.2, 2.1 and 3.1: what a driver's write makes of it.
 *
 * <pre>
 *   RESET --ACKNOWLEDGE--> ACKNOWLEDGED --DRIVER--> DRIVER --FEATURES_OK, if they are acceptable--> NEGOTIATED
 *   NEGOTIATED --DRIVER_OK, in a later write--> LIVE
 *   any --FAILED--> given up by the driver        any --the device fails--> NEEDS_RESET
 *   any --0--> RESET
 * </pre>
 *
 * Bits are set in this order only and never cleared but by a reset; a write that breaks that is ignored.
 */
final class DeviceStatus {
    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int NEEDS_RESET = 64;
    static final int FAILED = 128;

    private static final int STEPS = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;

    private DeviceStatus() {}

    /**
     * The status after a write that is not 0.
     *
     * @param status before
     * @param acceptable whether the features that the driver has chosen will do; asked only when FEATURES_OK is written
     */
    static int afterWrite(int status, int written, BooleanSupplier acceptable) {
        int kept = status & ~NEEDS_RESET;
        if ((written & kept) != kept) {
            return status;
        }
        if ((written & FAILED) != 0) {
            return status | FAILED;
        }
        if ((status & NEEDS_RESET) != 0) {
            return status;
        }
        return step(status, written & STEPS & ~status, acceptable);
    }

    private static int step(int status, int wanted, BooleanSupplier acceptable) {
        int next = status;
        if ((wanted & ACKNOWLEDGE) != 0) {
            next |= ACKNOWLEDGE;
        }
        if ((wanted & DRIVER) != 0 && (next & ACKNOWLEDGE) != 0) {
            next |= DRIVER;
        }
        if ((wanted & FEATURES_OK) != 0 && (next & DRIVER) != 0 && acceptable.getAsBoolean()) {
            next |= FEATURES_OK;
        }
        // The driver has to look whether FEATURES_OK was granted before it goes on (3.1.1, step 6).
        if ((wanted & DRIVER_OK) != 0 && (status & FEATURES_OK) != 0) {
            next |= DRIVER_OK;
        }
        return next;
    }

    /** The driver may choose features. */
    static boolean mayNegotiate(int status) {
        return (status & (DRIVER | FEATURES_OK | NEEDS_RESET | FAILED)) == DRIVER;
    }

    /** The driver may set queues up. */
    static boolean maySetUpQueues(int status) {
        return (status & (FEATURES_OK | NEEDS_RESET | FAILED)) == FEATURES_OK;
    }

    /** The device works. */
    static boolean isLive(int status) {
        return (status & (DRIVER_OK | NEEDS_RESET | FAILED)) == DRIVER_OK;
    }
}
