package io.paravert.virtio.queue;

/**
 * Where a driver has put a queue, as it wrote it: unchecked.
 *
 * @param size entries
 * @param descriptorArea GPA of the descriptor table or ring
 * @param driverArea GPA of the available ring or of the driver's event suppression
 * @param deviceArea GPA of the used ring or of the device's event suppression
 */
public record QueueConfig(int size, long descriptorArea, long driverArea, long deviceArea) {}
