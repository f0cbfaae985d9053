package io.paravert.virtio;

/**
 * A device that is, or has among others, a virtio device. A platform with a bus of its own for such devices takes that one
 * instead, and does not attach the whole.
 */
public interface OffersVirtio {
    /** The virtio device, with all that it needs; called at most once. */
    VirtioDevice virtio();
}
