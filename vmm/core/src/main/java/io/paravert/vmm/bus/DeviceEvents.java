package io.paravert.vmm.bus;

/** How events of devices reach the guest; the event channels of the machine. Any thread. */
public interface DeviceEvents {
    /** True if a channel is bound to this event of this device. */
    boolean isDeviceEventBound(int device, int event);

    /** Signals all channels bound to this event of this device. */
    void signalDeviceEvent(int device, int event);

    /** Signals all channels bound to this ring. */
    void signalRing(int ring);

    boolean isRingBound(int ring);
}
