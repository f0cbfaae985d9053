package io.paravert.devices.net;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Where a network interface's frames go to and come from. On the device's context. */
public interface NetBackend {
    /**
     * Called once, before the guest runs.
     *
     * @param input takes what comes from the network, on any thread, until {@link #stop} has completed
     */
    Future<Void> start(Vertx vertx, NetInput input);

    /**
     * Takes a frame on; must not block.
     *
     * @param bytes begins with the frame; the caller's again when this returns
     * @param length bytes of the frame, 14 to {@link io.paravert.abi.Limit#FRAME_BYTES}
     * @return false if there was no room for it: it has gone nowhere
     */
    boolean send(byte[] bytes, int length);

    /** After it has completed nothing is given to the input any more. */
    Future<Void> stop();
}
