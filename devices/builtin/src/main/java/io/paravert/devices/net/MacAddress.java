package io.paravert.devices.net;

import java.security.SecureRandom;
import java.util.Locale;

/** Ethernet addresses as numbers: the first byte is in bits 7-0, as in {@link io.paravert.device.DeviceIdentity#address}. */
public final class MacAddress {
    /** Bytes of an address. */
    public static final int BYTES = 6;

    static final long BROADCAST = 0xffff_ffff_ffffL;
    /** Bit 0 of the first byte: a group's address. */
    private static final long GROUP = 1;
    /** Locally administered, then "pv": what a random address begins with. */
    private static final long PREFIX = 0x7670_02L;

    private MacAddress() {}

    static boolean isGroup(long mac) {
        return (mac & GROUP) != 0;
    }

    /** The address at an offset of a frame. */
    static long of(byte[] bytes, int offset) {
        long mac = 0;
        for (int i = 0; i < BYTES; i++) {
            mac |= (bytes[offset + i] & 0xffL) << 8 * i;
        }
        return mac;
    }

    /** A new address that nobody else should have. */
    public static long random() {
        return PREFIX | (long) new SecureRandom().nextInt(1 << 24) << 24;
    }

    /** @throws IllegalArgumentException if it is not six bytes in hexadecimal, or the address of a group */
    public static long parse(String text) {
        if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
            throw new IllegalArgumentException("mac=" + text + ": give six bytes like 52:54:00:12:34:56");
        }
        String[] parts = text.split(":", -1);
        long mac = 0;
        for (int i = 0; i < BYTES; i++) {
            mac |= Long.parseLong(parts[i], 16) << 8 * i;
        }
        if (isGroup(mac) || mac == 0) {
            throw new IllegalArgumentException("mac=" + text + ": an interface's address has an even first byte");
        }
        return mac;
    }

    /** As people write it. */
    public static String text(long mac) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < BYTES; i++) {
            text.append(String.format(Locale.ROOT, i == 0 ? "%02x" : ":%02x", mac >>> 8 * i & 0xff));
        }
        return text.toString();
    }
}
