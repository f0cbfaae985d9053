package io.paravert.examples.c;

import io.paravert.guest.CBuild;
import io.paravert.guest.GuestProgram;

/** {@code frame_echo.c}: Ethernet frames between two guests, over a path of the net device that the command line names. */
final class FrameEchoC {
    /** Frames that the client sends. */
    static final int FRAMES = 22;

    /** Paths, in the order of their numbers. */
    enum Path {
        PORT,
        MMIO,
        CALL,
        VIRTIO,
        RING_DOORBELL,
        RING_ADAPTIVE,
        RING_POLLING
    }

    private FrameEchoC() {}

    static GuestProgram program() {
        return new CBuild().resource(FrameEchoC.class, "frame_echo.c").program("frame-echo");
    }

    static String server(Path path) {
        return "path=" + path.ordinal() + " serve=" + FRAMES;
    }

    static String client(Path path) {
        return "path=" + path.ordinal();
    }
}
