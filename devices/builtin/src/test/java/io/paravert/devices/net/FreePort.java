package io.paravert.devices.net;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for tests, free for TCP and UDP, and below those that the kernel hands out: it could give one of those to somebody else
 * meanwhile, and a back end that connects where nobody listens yet could even get it for its own end, and be connected to itself.
 */
final class FreePort {
    private static final int FIRST = 20_000;
    private static final int END = 32_000;

    private FreePort() {}

    static int next() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            try (ServerSocket tcp = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    DatagramSocket udp = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
                if (tcp.isBound() && udp.isBound()) {
                    return port;
                }
            } catch (IOException e) {
                // Taken: another one.
            }
        }
    }
}
