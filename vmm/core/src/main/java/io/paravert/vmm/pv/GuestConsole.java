package io.paravert.vmm.pv;

import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.abi.PvError;
import io.paravert.vmm.bus.RateLimitedLog;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.memory.GuestMemory;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * A machine's console: what the guest writes goes through a bounded buffer to the host's output, which may block without
 * blocking a vCPU's thread; what the host types waits in a bounded buffer for the guest. Any thread.
 */
public final class GuestConsole {
    /** Device number under which the guest knows its console. */
    public static final int DEVICE = 0;

    private static final int BUFFER = 64 << 10;
    private static final int CHUNK = 8 << 10;
    /** Slice of waiting for room, ns. */
    private static final long ROOM_WAIT = 1_000_000;

    /** Where output goes; one thread at a time, and it may block. */
    @FunctionalInterface
    public interface Output {
        void write(byte[] bytes, int offset, int length);
    }

    private final GuestMemory memory;
    private final Context context;
    private final Output output;
    private final Runnable inputEvent;
    private final RateLimitedLog log;
    private final ByteRing written = new ByteRing(BUFFER);
    private final ByteRing typed = new ByteRing(BUFFER);
    private final Deque<Promise<Void>> drainWaiters = new ArrayDeque<>();
    private boolean draining;
    private boolean inputEnded;
    private Runnable roomListener = () -> {};
    /** A device that stands for this console; see {@link #onChange}. */
    private volatile Runnable changeListener = () -> {};

    private volatile int columns;
    private volatile int rows;

    /**
     * @param context whose worker threads call the output
     * @param inputEvent tells the guest that input waits or the size changed
     */
    GuestConsole(GuestMemory memory, Context context, Output output, Runnable inputEvent, RateLimitedLog log) {
        this.memory = memory;
        this.context = context;
        this.output = output;
        this.inputEvent = inputEvent;
        this.log = log;
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.CONSOLE_WRITE, (vcpu, number, a0, a1, a2, a3, a4, a5) -> write(vcpu, a0, a1));
        calls.serve(Hypercall.CONSOLE_READ, (vcpu, number, a0, a1, a2, a3, a4, a5) -> read(a0, a1));
    }

    private long write(CallingVcpu vcpu, long gpa, long bytes) {
        if (bytes < 0 || bytes > Limit.CONSOLE_BYTES) {
            return -PvError.EINVAL;
        }
        long source = memory.hostAddress(gpa, bytes);
        if (bytes == 0) {
            return 0;
        }
        // Another vCPU may take the room that was there a moment ago.
        while (waitForRoom(vcpu)) {
            synchronized (this) {
                int taken = written.putFrom(source, (int) bytes);
                if (taken > 0) {
                    scheduleDrain();
                    return taken;
                }
            }
        }
        return -PvError.ECANCELED;
    }

    /** One byte, as the debug port takes it. */
    void writeByte(byte value, CallingVcpu vcpu) {
        // Another vCPU may take the room that was there a moment ago.
        while (waitForRoom(vcpu)) {
            synchronized (this) {
                if (written.put(value)) {
                    scheduleDrain();
                    return;
                }
            }
        }
    }

    private boolean waitForRoom(CallingVcpu vcpu) {
        while (true) {
            synchronized (this) {
                if (written.room() > 0) {
                    return true;
                }
            }
            if (vcpu.mustLeave()) {
                return false;
            }
            vcpu.park(ROOM_WAIT);
        }
    }

    private void scheduleDrain() {
        if (!draining) {
            draining = true;
            context.executeBlocking(this::drain, false);
        }
    }

    private Void drain() {
        byte[] chunk = new byte[CHUNK];
        while (true) {
            int length;
            synchronized (this) {
                length = written.take(chunk, 0, CHUNK);
                if (length == 0) {
                    draining = false;
                    drainWaiters.forEach(Promise::tryComplete);
                    drainWaiters.clear();
                    return null;
                }
            }
            try {
                output.write(chunk, 0, length);
            } catch (RuntimeException | Error e) {
                int lost = length;
                log.warn(() -> "console output failed and " + lost + " bytes are lost: " + e);
            }
            changeListener.run();
        }
    }

    /** Completes when all that was written so far has reached the output. */
    public synchronized Future<Void> drained() {
        if (!draining) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = Promise.promise();
        drainWaiters.add(promise);
        return promise.future();
    }

    private long read(long gpa, long bytes) {
        if (bytes < 1 || bytes > Limit.CONSOLE_BYTES) {
            return -PvError.EINVAL;
        }
        long target = memory.writableHostAddress(gpa, bytes);
        int taken;
        Runnable listener;
        synchronized (this) {
            taken = typed.takeTo(target, (int) bytes);
            if (taken == 0) {
                return inputEnded ? 0 : -PvError.EAGAIN;
            }
            listener = roomListener;
        }
        listener.run();
        return taken;
    }

    /**
     * Types something.
     *
     * @return how many bytes were taken; the rest must wait for room
     */
    public int type(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int taken;
        synchronized (this) {
            taken = inputEnded ? 0 : typed.put(bytes, offset, length);
        }
        if (taken > 0) {
            inputEvent.run();
            changeListener.run();
        }
        return taken;
    }

    /** Writes one byte for a device that stands for this console; false if there is no room. Any thread, never waits. */
    public synchronized boolean offer(byte value) {
        if (written.room() == 0) {
            return false;
        }
        written.put(value);
        scheduleDrain();
        return true;
    }

    /** Writes bytes for a device that stands for this console: how many there was room for. Any thread, never waits. */
    public synchronized int offer(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int taken = written.put(bytes, offset, length);
        if (taken > 0) {
            scheduleDrain();
        }
        return taken;
    }

    /** True if {@link #offer} would take a byte. */
    public synchronized boolean hasRoom() {
        return written.room() > 0;
    }

    /** Reads for a device that stands for this console: how many bytes were there. Any thread, never waits. */
    public int takeTyped(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        int taken;
        Runnable listener;
        synchronized (this) {
            taken = typed.take(target, offset, length);
            listener = roomListener;
        }
        if (taken > 0) {
            listener.run();
        }
        return taken;
    }

    /** Called, on any thread, when input has come, output has made room, or the size has changed. It must not block. */
    public void onChange(Runnable listener) {
        changeListener = listener;
    }

    /** No more input will come: the guest reads an end once it has read the rest. */
    public void endInput() {
        synchronized (this) {
            inputEnded = true;
        }
        inputEvent.run();
    }

    /** Called, on a vCPU's thread, each time the guest has read input and made room for more. It must not block. */
    public synchronized void onRoom(Runnable listener) {
        roomListener = listener;
    }

    /** The terminal's size, for the guest; 0 if unknown. */
    public void resize(int columns, int rows) {
        this.columns = columns & 0xffff;
        this.rows = rows & 0xffff;
        inputEvent.run();
        changeListener.run();
    }

    /** As the ABI's device parameter: columns in bits 15-0, rows in bits 31-16. */
    public long sizeParameter() {
        return columns | (long) rows << 16;
    }
}
