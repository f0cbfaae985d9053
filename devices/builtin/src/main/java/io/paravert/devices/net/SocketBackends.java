package io.paravert.devices.net;

import io.paravert.abi.Limit;
import io.vertx.core.Future;

/** Reads what an option says of a socket. */
public final class SocketBackends {
    private static final String USAGE =
            ": give listen:HOST:PORT, connect:HOST:PORT or udp:PORT:HOST:PORT, with ports from 1 to 65535";

    private SocketBackends() {}

    /**
     * The back end that {@code text} describes; nothing is opened before it is started.
     *
     * @throws IllegalArgumentException one line that says what may be given
     */
    public static NetBackend of(String text) {
        String[] words = text.split(":", -1);
        if (words.length == 3 && words[0].equals("listen")) {
            return StreamBackend.listen(host(text, words[1]), port(text, words[2]));
        }
        if (words.length == 3 && words[0].equals("connect")) {
            return StreamBackend.connect(host(text, words[1]), port(text, words[2]));
        }
        if (words.length == 4 && words[0].equals("udp")) {
            return new DatagramBackend(port(text, words[1]), host(text, words[2]), port(text, words[3]));
        }
        throw wrong(text);
    }

    private static String host(String text, String word) {
        if (word.isEmpty()) {
            throw wrong(text);
        }
        return word;
    }

    private static int port(String text, String word) {
        int port = word.matches("[0-9]{1,5}") ? Integer.parseInt(word) : 0;
        if (port < 1 || port > 0xffff) {
            throw wrong(text);
        }
        return port;
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("socket=" + text + USAGE);
    }

    /** What a socket that cannot be opened ends its machine with: one line. */
    static <T> Future<T> cannotOpen(String what, String host, int port, Throwable why) {
        return Future.failedFuture(new IllegalStateException(
                "cannot " + what + " " + host + ":" + port + " (" + why.getMessage()
                        + "); give another port or address",
                why));
    }

    /** Whether a peer may say that a frame is so long. */
    static boolean isFrame(int length) {
        return length >= Frame.HEADER && length <= Limit.FRAME_BYTES;
    }
}
