package io.paravert.cli;

import io.paravert.devices.console.ConsoleBackend;
import io.paravert.platform.PcBoard;
import io.paravert.vmm.pv.GuestConsole;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** Joins a virtio console's first port to its machine's console. Any thread; nothing waits, and nothing is lost. */
final class VirtioTerminal implements ConsoleBackend, PcBoard.Terminal {
    private static final int CHUNK = 4096;

    private @Nullable GuestConsole console;
    private io.paravert.devices.console.@Nullable ConsoleInput port;
    private @Nullable Context context;
    private long size;
    /** Typed, and not taken by the port yet: from {@code typedAt} to {@code typedEnd}. */
    private final byte[] typed = new byte[CHUNK];

    private int typedAt;
    private int typedEnd;
    /** Written by the guest, and not taken by the console yet. */
    private byte[] output = {};

    private int outputAt;
    private @Nullable Promise<Void> written;

    @Override
    public synchronized void connect(GuestConsole to) {
        console = to;
    }

    @Override
    public Future<Void> start(Vertx vertx, io.paravert.devices.console.ConsoleInput input) {
        synchronized (this) {
            port = input;
            context = vertx.getOrCreateContext();
        }
        changed();
        return Future.succeededFuture();
    }

    @Override
    public void changed() {
        synchronized (this) {
            GuestConsole from = console;
            io.paravert.devices.console.ConsoleInput to = port;
            if (from == null || to == null) {
                return;
            }
            tellSize(from, to);
            giveInput(from, to);
            giveOutput(from);
        }
    }

    private void tellSize(GuestConsole from, io.paravert.devices.console.ConsoleInput to) {
        long now = from.sizeParameter();
        if (now != size) {
            size = now;
            to.resize((int) now & 0xffff, (int) (now >>> 16) & 0xffff);
        }
    }

    private void giveInput(GuestConsole from, io.paravert.devices.console.ConsoleInput to) {
        while (true) {
            if (typedAt == typedEnd) {
                typedAt = 0;
                typedEnd = from.takeTyped(typed, 0, CHUNK);
                if (typedEnd == 0) {
                    return;
                }
            }
            int taken = to.offer(typed, typedAt, typedEnd - typedAt);
            typedAt += taken;
            if (taken == 0) {
                to.whenRoom(this::changed);
                return;
            }
        }
    }

    private void giveOutput(GuestConsole to) {
        Promise<Void> promise = written;
        Context back = context;
        if (promise == null || back == null) {
            return;
        }
        outputAt += to.offer(output, outputAt, output.length - outputAt);
        if (outputAt == output.length) {
            written = null;
            back.runOnContext(ignored -> promise.complete());
        }
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        Promise<Void> promise = Promise.promise();
        synchronized (this) {
            output = bytes;
            outputAt = 0;
            written = promise;
        }
        changed();
        return promise.future();
    }
}
