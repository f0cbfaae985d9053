package io.paravert.virtio;

import io.paravert.device.GuestBuffer;

/**
 * One buffer that the driver has made available: what the device reads, and behind it what the device writes. All of it was
 * guest memory when the request was taken. It is the device's until its future completes or it is given back; then it is
 * used anew and must not be touched.
 */
public interface Request {
    /** What the driver says; read-only. */
    GuestBuffer readable();

    /** Where the answer goes. */
    GuestBuffer writable();

    /**
     * Says how much of {@link #writable} has been written, from its start on, before the request is given back; 0 if never
     * said. The driver may look at no more.
     */
    void setWritten(long bytes);
}
