package io.paravert.devices.path;

/** A device's request logic: the same, whichever path a request came by. On the device's context. */
public interface IoService {
    /**
     * Serves a request. Its {@link IoRequest#complete} is called once, now or later, on the device's context. What a guest can
     * get wrong is answered there with a negative error, not thrown; {@link io.paravert.device.GuestAddressException} may be
     * thrown before the request was kept, and becomes -EFAULT.
     */
    void submit(IoRequest request);

    /**
     * Gives a request up that was submitted and has not completed.
     *
     * @return true if it had not begun: the service has forgotten it, and will not complete it
     */
    default boolean cancel(IoRequest request) {
        return false;
    }
}
