package io.paravert.platform.device;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;

/** Where a kernel says that it has panicked (QEMU, docs/specs/pvpanic): bit 0 of one port. */
public final class PanicDevice implements Device, InlineAccessHandler {
    public static final int PORT = 0x505;
    private static final int PANICKED = 1;

    private final PowerSwitch power;

    public PanicDevice(PowerSwitch power) {
        this.power = power;
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimPorts(PORT, 1, this);
    }

    /** Which events are known. */
    @Override
    public long read(int vcpu, long offset, int size) {
        return PANICKED;
    }

    @Override
    public void write(int vcpu, long offset, int size, long value) {
        if ((value & PANICKED) != 0) {
            power.panic(vcpu);
        }
    }
}
