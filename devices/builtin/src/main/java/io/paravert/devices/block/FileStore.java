package io.paravert.devices.block;

import io.paravert.abi.PvError;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A raw disk image: sector n at byte 512 * n. Asynchronous file I/O, straight from and into guest memory: threads of its own
 * block in the kernel, one system call for each contiguous part of a request, and what they need for a request is used again for
 * later ones. The file is locked while the store is open.
 */
public final class FileStore implements BlockStore {
    private final String name;
    private final BlockFile file;
    private final boolean readOnly;
    private final long sectors;
    private final FileWorkers workers;
    private @Nullable Completions completions;
    /** The first of those that are not in use; on the device's context. */
    private @Nullable Transfer free;

    private int underWay;
    private @Nullable Promise<Void> quiet;

    /** @throws IOException if the file's size cannot be had */
    FileStore(String name, BlockFile file, boolean readOnly) throws IOException {
        this.name = name;
        this.file = file;
        this.readOnly = readOnly;
        this.sectors = file.size() / SECTOR;
        this.workers = new FileWorkers("block-" + name);
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
        try {
            return new FileStore(String.valueOf(file.getFileName()), HostFile.open(file, readOnly), readOnly);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "file=" + file + ": cannot be opened" + (readOnly ? "" : " for writing") + " (" + e.getMessage()
                            + "); check its permissions" + (readOnly ? "" : ", or give read-only"),
                    e);
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
        Transfer transfer = free;
        if (transfer == null) {
            transfer = new Transfer(this, file);
        } else {
            free = transfer.next;
            transfer.next = null;
        }
        underWay++;
        transfer.request = request;
        workers.execute(transfer);
    }

    /** A transfer is done; on its worker's thread. */
    void finished(Transfer transfer) {
        Completions lane = completions;
        if (lane == null) {
            throw new IllegalStateException("the store was not attached");
        }
        lane.post(transfer);
    }

    /** On the device's context. */
    void ended(Transfer transfer, long result) {
        underWay--;
        IoRequest request = transfer.request;
        transfer.request = null;
        transfer.next = free;
        free = transfer;
        if (request != null) {
            request.complete(result);
        }
        Promise<Void> waiting = quiet;
        if (waiting != null && underWay == 0) {
            quiet = null;
            waiting.complete();
        }
    }

    static int failure(IOException why) {
        String text = String.valueOf(why.getMessage());
        return text.contains("No space left") ? PvError.ENOSPC : PvError.EIO;
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
            workers.close();
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("closing " + name, e);
            }
            return null;
        });
    }
}
