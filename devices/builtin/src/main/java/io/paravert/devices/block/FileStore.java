package io.paravert.devices.block;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A raw disk image: sector n at byte 512 * n. Asynchronous file I/O, straight from and into guest memory. The file is locked
 * while the store is open, so that two machines cannot ruin it.
 */
public final class FileStore implements BlockStore {
    /** Threads that block in the kernel for this file. */
    private static final int THREADS = 4;

    private static final int ZEROS = 1 << 20;

    private final Path file;
    private final AsynchronousFileChannel channel;
    private final ThreadPoolExecutor threads;
    private final boolean readOnly;
    private final long sectors;
    private @Nullable Completions completions;
    private int underWay;
    private @Nullable Promise<Void> quiet;

    private FileStore(
            Path file, AsynchronousFileChannel channel, ThreadPoolExecutor threads, boolean readOnly, long sectors) {
        this.file = file;
        this.channel = channel;
        this.threads = threads;
        this.readOnly = readOnly;
        this.sectors = sectors;
    }

    /**
     * Opens a regular file.
     *
     * @throws IllegalArgumentException if it cannot be opened or another machine has it: one line that says so
     */
    public static FileStore open(Path file, boolean readOnly) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "file=" + file + ": no such file; make one with: truncate -s 64M " + file);
        }
        Set<StandardOpenOption> options = readOnly
                ? EnumSet.of(StandardOpenOption.READ)
                : EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "block-" + file.getFileName());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        try {
            AsynchronousFileChannel channel = AsynchronousFileChannel.open(file, options, threads);
            lock(file, channel, readOnly);
            return new FileStore(file, channel, threads, readOnly, channel.size() / SECTOR);
        } catch (IOException e) {
            threads.shutdown();
            throw new IllegalArgumentException(
                    "file=" + file + ": cannot be opened" + (readOnly ? "" : " for writing") + " (" + e.getMessage()
                            + "); check its permissions" + (readOnly ? "" : ", or give read-only"),
                    e);
        }
    }

    private static void lock(Path file, AsynchronousFileChannel channel, boolean readOnly) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, readOnly);
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new IllegalArgumentException(
                    "file=" + file + ": another machine uses it; stop that one, or copy the file");
        }
    }

    @Override
    public long sectors() {
        return sectors;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public void attach(Completions lane) {
        completions = lane;
    }

    @Override
    public void begin(IoRequest request) {
        switch (request.op()) {
            case IoOp.READ ->
                start(new Transfer(request, request.data().views(request.dataAt(), request.bytes()), true));
            case IoOp.WRITE ->
                start(new Transfer(request, request.data().views(request.dataAt(), request.bytes()), false));
            case IoOp.WRITE_ZEROES -> start(new Transfer(request, zeros(request.bytes()), false));
            case IoOp.FLUSH -> flush(request);
            // Java has no way to punch a hole; to keep the contents is a legal way to discard.
            default -> request.complete(request.bytes());
        }
    }

    /** As many views of one block of zeros as it takes. */
    private static ByteBuffer[] zeros(long bytes) {
        ByteBuffer block = ByteBuffer.allocateDirect((int) Math.min(ZEROS, bytes));
        ByteBuffer[] views = new ByteBuffer[(int) ((bytes + ZEROS - 1) / ZEROS)];
        for (int i = 0; i < views.length; i++) {
            views[i] = block.duplicate().limit((int) Math.min(ZEROS, bytes - (long) i * ZEROS));
        }
        return views;
    }

    private void start(Transfer transfer) {
        underWay++;
        transfer.next();
    }

    private void flush(IoRequest request) {
        underWay++;
        threads.execute(() -> {
            long result = 0;
            try {
                // With its length and times: fsync, not fdatasync.
                channel.force(true);
            } catch (IOException e) {
                result = -PvError.EIO;
            }
            finished(request, result);
        });
    }

    /** Any thread. */
    private void finished(IoRequest request, long result) {
        Completions lane = completions;
        if (lane == null) {
            throw new IllegalStateException("the store was not attached");
        }
        lane.post(() -> ended(request, result));
    }

    private void ended(IoRequest request, long result) {
        underWay--;
        request.complete(result);
        Promise<Void> waiting = quiet;
        if (waiting != null && underWay == 0) {
            quiet = null;
            waiting.complete();
        }
    }

    /** One request's way through the file, piece by piece. */
    private final class Transfer implements CompletionHandler<Integer, Void> {
        private final IoRequest request;
        private final ByteBuffer[] views;
        private final boolean read;
        private long position;
        private int view;

        Transfer(IoRequest request, ByteBuffer[] views, boolean read) {
            this.request = request;
            this.views = views;
            this.read = read;
            this.position = request.offset() * SECTOR;
        }

        void next() {
            while (view < views.length && !views[view].hasRemaining()) {
                view++;
            }
            if (view == views.length) {
                finished(request, request.bytes());
            } else if (read) {
                channel.read(views[view], position, null, this);
            } else {
                channel.write(views[view], position, null, this);
            }
        }

        @Override
        public void completed(Integer bytes, Void nothing) {
            if (bytes <= 0) {
                // The file has become shorter.
                finished(request, -PvError.EIO);
                return;
            }
            position += bytes;
            next();
        }

        @Override
        public void failed(Throwable why, Void nothing) {
            finished(request, -PvError.EIO);
        }
    }

    @Override
    public Future<Void> close() {
        Promise<Void> waiting = Promise.promise();
        if (underWay == 0) {
            waiting.complete();
        } else {
            quiet = waiting;
        }
        return waiting.future().map(v -> {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("closing " + file, e);
            }
            threads.shutdown();
            return null;
        });
    }
}
