package io.paravert.devices.block;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.device.GuestAddressException;
import io.paravert.devices.path.IoRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One request's way through the file. Life: filled in on the device's context, {@link #work} on a worker's thread, {@link #run}
 * on the device's context, and then used again.
 */
final class Transfer implements Runnable {
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 18);

    private final FileStore store;
    private final BlockFile file;
    /** Neighbour in the list that it is in: of free ones, or of those that wait for a worker. */
    @Nullable Transfer next;

    @Nullable IoRequest request;

    private long result;

    Transfer(FileStore store, BlockFile file) {
        this.store = store;
        this.file = file;
    }

    void work() {
        IoRequest asked = request;
        if (asked != null) {
            try {
                result = serve(asked);
            } catch (IOException e) {
                result = -FileStore.failure(e);
            } catch (GuestAddressException e) {
                result = -PvError.EFAULT;
            } catch (RuntimeException | Error e) {
                result = -PvError.EIO;
            }
        }
        store.finished(this);
    }

    @Override
    public void run() {
        store.ended(this, result);
    }

    private long serve(IoRequest asked) throws IOException {
        long position = asked.offset() * BlockStore.SECTOR;
        long bytes = asked.bytes();
        switch (asked.op()) {
            case IoOp.READ -> {
                return move(asked, position, true);
            }
            case IoOp.WRITE -> {
                return move(asked, position, false);
            }
            case IoOp.FLUSH -> file.force();
            case IoOp.WRITE_ZEROES -> {
                if (!file.zeroRange(position, bytes)) {
                    writeZeros(position, bytes);
                }
            }
            default -> {
                // DISCARD. Where the host cannot, the contents stay, which is legal.
                file.punchHole(position, bytes);
            }
        }
        return bytes;
    }

    private long move(IoRequest asked, long position, boolean read) throws IOException {
        long bytes = asked.bytes();
        for (long done = 0; done < bytes; ) {
            ByteBuffer piece = asked.data().piece(asked.dataAt() + done, bytes - done);
            int moved = read ? file.read(piece, position + done) : file.write(piece, position + done);
            if (moved <= 0) {
                // The file has become shorter.
                return -PvError.EIO;
            }
            done += moved;
        }
        return bytes;
    }

    private void writeZeros(long position, long bytes) throws IOException {
        ByteBuffer zeros = ZEROS.duplicate();
        for (long done = 0; done < bytes; ) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - done));
            done += file.write(zeros, position + done);
        }
    }
}
