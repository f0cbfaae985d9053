package io.paravert.devices.net;

import io.paravert.abi.DeviceType;
import io.paravert.abi.Limit;
import io.paravert.device.DeviceIdentity;

/**
 * Who a network interface is.
 *
 * @param mac its address, as {@link MacAddress} has it
 * @param mtu bytes behind a frame's header at most
 */
public record NetIdentity(long mac, int mtu) {
    /** What IPv4 needs at least, RFC 791. */
    public static final int LEAST_MTU = 68;

    public static final int MOST_MTU = Limit.FRAME_BYTES - Frame.OVERHEAD;
    public static final int USUAL_MTU = 1500;

    public NetIdentity {
        if (mtu < LEAST_MTU || mtu > MOST_MTU) {
            throw new IllegalArgumentException("mtu=" + mtu + ": give " + LEAST_MTU + " to " + MOST_MTU);
        }
    }

    /** With a random address and the usual MTU. */
    public static NetIdentity random() {
        return new NetIdentity(MacAddress.random(), USUAL_MTU);
    }

    /** Bytes of the longest frame. */
    int frameBytes() {
        return mtu + Frame.OVERHEAD;
    }

    DeviceIdentity device() {
        return new DeviceIdentity(DeviceType.NET, 0, mtu, mac);
    }
}
