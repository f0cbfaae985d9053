package io.paravert.virtio;

/**
 * Memory that a device shares with its driver, virtio 1.2, 2.10.
 *
 * @param id 0 to 255
 * @param gpa where it lies
 * @param bytes its size
 */
public record SharedRegion(int id, long gpa, long bytes) {}
