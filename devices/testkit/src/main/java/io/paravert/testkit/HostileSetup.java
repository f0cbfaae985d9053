package io.paravert.testkit;

/**
 * Queues that a device must not take over. After each, QueueReady is 0 and DEVICE_NEEDS_RESET is set; a reset makes all good
 * again.
 */
public enum HostileSetup {
    QUEUE_SIZE_ZERO((driver, q) -> enable(driver, q, 0, q.descriptorArea(), q.driverArea(), q.deviceArea())),
    QUEUE_SIZE_NOT_A_POWER_OF_TWO(
            (driver, q) -> enable(driver, q, 3, q.descriptorArea(), q.driverArea(), q.deviceArea())) {
        @Override
        public boolean appliesTo(RingFormat format) {
            // 2.8.10.1: in a packed queue any size will do.
            return format == RingFormat.SPLIT;
        }
    },
    QUEUE_SIZE_OVER_THE_MAXIMUM((driver, q) ->
            enable(driver, q, 2 * driver.maximumSize(q.index()), q.descriptorArea(), q.driverArea(), q.deviceArea())),
    QUEUE_SIZE_OVER_16_BITS(
            (driver, q) -> enable(driver, q, 0x1_0000 + q.size(), q.descriptorArea(), q.driverArea(), q.deviceArea())),
    DESCRIPTOR_AREA_MISALIGNED(
            (driver, q) -> enable(driver, q, q.size(), q.descriptorArea() + 8, q.driverArea(), q.deviceArea())),
    DRIVER_AREA_MISALIGNED(
            (driver, q) -> enable(driver, q, q.size(), q.descriptorArea(), q.driverArea() + 1, q.deviceArea())),
    DEVICE_AREA_MISALIGNED(
            (driver, q) -> enable(driver, q, q.size(), q.descriptorArea(), q.driverArea(), q.deviceArea() + 2)),
    DESCRIPTOR_AREA_OUT_OF_MEMORY((driver, q) -> enable(driver, q, q.size(), end(q), q.driverArea(), q.deviceArea())),
    DESCRIPTOR_AREA_ACROSS_THE_END_OF_MEMORY(
            (driver, q) -> enable(driver, q, q.size(), end(q) - 16, q.driverArea(), q.deviceArea())),
    DESCRIPTOR_AREA_WRAPS((driver, q) -> enable(driver, q, q.size(), -16, q.driverArea(), q.deviceArea())),
    DRIVER_AREA_OUT_OF_MEMORY((driver, q) -> enable(driver, q, q.size(), q.descriptorArea(), end(q), q.deviceArea())),
    DRIVER_AREA_WRAPS((driver, q) -> enable(driver, q, q.size(), q.descriptorArea(), -4, q.deviceArea())),
    DEVICE_AREA_OUT_OF_MEMORY((driver, q) -> enable(driver, q, q.size(), q.descriptorArea(), q.driverArea(), end(q))),
    DEVICE_AREA_WRAPS((driver, q) -> enable(driver, q, q.size(), q.descriptorArea(), q.driverArea(), -4));

    private interface Script {
        void run(MmioDriver driver, DriverQueue queue);
    }

    @SuppressWarnings("ImmutableEnumChecker")
    private final Script script;

    HostileSetup(Script script) {
        this.script = script;
    }

    public boolean appliesTo(RingFormat format) {
        return true;
    }

    /**
     * Tells the device of the queue in the wrong way.
     *
     * @param queue {@link MmioDriver#place placed}, of 2 entries or more, and not enabled
     */
    public void provoke(MmioDriver driver, DriverQueue queue) {
        script.run(driver, queue);
    }

    private static void enable(MmioDriver driver, DriverQueue q, int size, long desc, long drv, long dev) {
        driver.enable(q.index(), size, desc, drv, dev);
    }

    private static long end(DriverQueue queue) {
        return queue.memory().size();
    }
}
