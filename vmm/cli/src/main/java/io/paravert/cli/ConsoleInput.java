package io.paravert.cli;

import io.paravert.vmm.pv.GuestConsole;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Carries standard input to the console of the guest that is attached last, no faster than the guest reads it: what the console has no room for waits here, and
 * then in the pipe or the terminal. Its thread is a daemon's, because a blocked read cannot be called off.
 */
final class ConsoleInput {
    private static final int CHUNK = 4096;

    private final InputStream in;
    private final boolean terminal;
    private final Runnable leave;
    private final Semaphore room = new Semaphore(0);
    private volatile @Nullable GuestConsole console;
    private volatile boolean ended;

    /**
     * @param terminal whether keys are typed, with Ctrl-A as the escape
     * @param leave called, on the input's thread, when the user wants to leave
     */
    ConsoleInput(InputStream in, boolean terminal, Runnable leave) {
        this.in = in;
        this.terminal = terminal;
        this.leave = leave;
    }

    /** From now on input goes to this console. What an earlier one had taken and not given to its guest is gone with it. */
    void attach(GuestConsole to) {
        to.onRoom(room::release);
        console = to;
        room.release();
        if (ended) {
            to.endInput();
        }
    }

    /** Starts it; a console is attached. */
    void start() {
        Thread thread = new Thread(this::pump, "console-input");
        thread.setDaemon(true);
        thread.start();
    }

    private void pump() {
        byte[] chunk = new byte[CHUNK + 1];
        EscapeFilter escapes = new EscapeFilter();
        try {
            while (true) {
                int length = in.read(chunk, 0, CHUNK);
                if (length < 0) {
                    break;
                }
                type(chunk, terminal ? escapes.filter(chunk, length) : length);
                if (escapes.leaving()) {
                    leave.run();
                    return;
                }
            }
        } catch (IOException e) {
            // A terminal that has gone, or a closed standard input: no more will come, as at its end.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ended = true;
        GuestConsole last = console;
        if (last != null) {
            last.endInput();
        }
    }

    private void type(byte[] bytes, int length) throws InterruptedException {
        for (int done = 0; done < length; ) {
            room.drainPermits();
            GuestConsole to = console;
            int taken = to == null ? 0 : to.type(bytes, done, length - done);
            if (taken == 0) {
                room.acquire();
            }
            done += taken;
        }
    }
}
