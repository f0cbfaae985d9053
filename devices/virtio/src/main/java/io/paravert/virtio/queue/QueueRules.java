package io.paravert.virtio.queue;

/**
 * What was negotiated about a queue.
 *
 * @param packed packed format instead of split
 * @param indirect indirect descriptors are allowed
 * @param eventIdx notifications are suppressed up to an index
 * @param maximum largest size that the device offered: no chain is longer
 */
public record QueueRules(boolean packed, boolean indirect, boolean eventIdx, int maximum) {}
