package io.paravert.device;

/** Who shares a device's thread. Either way its code runs on one Vert.x context, one handler at a time. */
public enum Isolation {
    /** A thread of the device's own: if it blocks, nobody else waits. For everything that is not proved never to block. */
    PRIVATE,
    /**
     * An event loop of Vert.x, shared with other devices and machines: cheaper for thousands of devices, and sockets and
     * files are nearer. If it blocks, all that share the loop wait.
     */
    SHARED
}
