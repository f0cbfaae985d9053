package io.paravert.devices.net;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An open TAP interface, as Linux has it (Documentation/networking/tuntap.rst). Native, because the JDK knows no TAP. Safe,
 * because the arrays are this class's or as long as it says, and JNA holds them for the time of a call. A write never blocks.
 */
final class Tap {
    private static final String DEVICE = "/dev/net/tun";
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    /** _IOW('T', 202, int). */
    private static final long TUNSETIFF = 0x400454caL;

    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    /** struct ifreq: a name of 16 bytes, then a union of 24. */
    private static final int REQUEST_BYTES = 40;

    private static final int NAME_BYTES = 16;
    private static final int POLLIN = 1;
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int EBUSY = 16;

    static {
        Native.register(Tap.class, "c");
    }

    private final String name;
    private final int fd;

    private Tap(String name, int fd) {
        this.name = name;
        this.fd = fd;
    }

    /** @throws IllegalArgumentException if it cannot be had: one line that says why and what to do */
    static Tap open(String name) {
        byte[] word = name.getBytes(StandardCharsets.US_ASCII);
        if (!name.matches("[A-Za-z0-9_.-]{1,15}")) {
            throw new IllegalArgumentException(
                    "tap=" + name + ": give a name of 1 to 15 letters, digits, '_', '.', '-'");
        }
        int fd = open(zeroEnded(DEVICE), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
            throw refused(name, DEVICE + " cannot be opened", Native.getLastError());
        }
        byte[] request = new byte[REQUEST_BYTES];
        System.arraycopy(word, 0, request, 0, word.length);
        ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putShort(NAME_BYTES, (short) (IFF_TAP | IFF_NO_PI));
        if (ioctl(fd, TUNSETIFF, request) < 0) {
            int error = Native.getLastError();
            close(fd);
            throw refused(name, "the host does not give it", error);
        }
        return new Tap(name, fd);
    }

    private static byte[] zeroEnded(String text) {
        return (text + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    private static IllegalArgumentException refused(String name, String what, int error) {
        String remedy = switch (error) {
            case EPERM, EACCES ->
                "run as root, or have root make it for you: ip tuntap add " + name + " mode tap user $USER";
            case ENOENT -> "load the module tun: modprobe tun";
            case EBUSY -> "another process has it, or it is no TAP; give another name";
            default -> "see 'ip link show " + name + "'";
        };
        return new IllegalArgumentException("tap=" + name + ": " + what + " (errno " + error + "); " + remedy);
    }

    String name() {
        return name;
    }

    /** Waits until there is a frame; false after so many milliseconds without one. */
    boolean await(int milliseconds) {
        // struct pollfd: fd, events, revents.
        byte[] poll = new byte[8];
        ByteBuffer.wrap(poll).order(ByteOrder.LITTLE_ENDIAN).putInt(fd).putShort((short) POLLIN);
        return poll(poll, 1, milliseconds) > 0;
    }

    /** Reads a frame; its length, or less than 1 if there is none. */
    int read(byte[] frame) {
        return (int) read(fd, frame, frame.length);
    }

    /** False if the host has no room for it, or its interface is down. */
    boolean write(byte[] frame, int length) {
        return write(fd, frame, length) == length;
    }

    void close() {
        close(fd);
    }

    private static native int open(byte[] path, int flags);

    private static native int ioctl(int descriptor, long request, byte[] argument);

    private static native int poll(byte[] descriptors, long count, int milliseconds);

    private static native long read(int descriptor, byte[] buffer, long bytes);

    private static native long write(int descriptor, byte[] buffer, long bytes);

    private static native int close(int descriptor);
}
