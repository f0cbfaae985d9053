package io.paravert.devices.block;

import io.paravert.abi.IoOp;
import io.paravert.device.GuestBuffer;
import io.paravert.devices.path.IoRequest;
import org.jspecify.annotations.Nullable;

/** Keeps its bytes in the heap, sparse: what was never written, or was discarded, takes no memory. Gone with the machine. */
public final class MemoryStore implements BlockStore {
    private static final int CHUNK = 1 << 20;

    private final long sectors;
    private final byte[] @Nullable [] chunks;

    /** @param bytes rounded down to whole sectors; at most 2^50 */
    public MemoryStore(long bytes) {
        this.sectors = bytes / SECTOR;
        this.chunks = new byte[(int) ((sectors * SECTOR + CHUNK - 1) / CHUNK)][];
    }

    @Override
    public long sectors() {
        return sectors;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void begin(IoRequest request) {
        long at = request.offset() * SECTOR;
        long bytes = request.bytes();
        switch (request.op()) {
            case IoOp.READ -> read(request.data(), request.dataAt(), at, bytes);
            case IoOp.WRITE -> write(request.data(), request.dataAt(), at, bytes);
            case IoOp.DISCARD, IoOp.WRITE_ZEROES -> clear(at, bytes);
            default -> {
                // FLUSH: there is no stabler storage than this.
            }
        }
        request.complete(bytes);
    }

    private static int part(long at, long left) {
        return (int) Math.min(CHUNK - at % CHUNK, left);
    }

    private void read(GuestBuffer target, long targetAt, long at, long bytes) {
        for (long done = 0; done < bytes; ) {
            int part = part(at + done, bytes - done);
            byte[] chunk = chunks[(int) ((at + done) / CHUNK)];
            if (chunk == null) {
                target.fillZero(targetAt + done, part);
            } else {
                target.write(targetAt + done, chunk, (int) ((at + done) % CHUNK), part);
            }
            done += part;
        }
    }

    private void write(GuestBuffer source, long sourceAt, long at, long bytes) {
        for (long done = 0; done < bytes; ) {
            int part = part(at + done, bytes - done);
            int index = (int) ((at + done) / CHUNK);
            byte[] chunk = chunks[index];
            if (chunk == null) {
                chunk = new byte[CHUNK];
                chunks[index] = chunk;
            }
            source.read(sourceAt + done, chunk, (int) ((at + done) % CHUNK), part);
            done += part;
        }
    }

    private void clear(long at, long bytes) {
        for (long done = 0; done < bytes; ) {
            int part = part(at + done, bytes - done);
            int index = (int) ((at + done) / CHUNK);
            byte[] chunk = chunks[index];
            if (part == CHUNK) {
                chunks[index] = null;
            } else if (chunk != null) {
                int from = (int) ((at + done) % CHUNK);
                java.util.Arrays.fill(chunk, from, from + part, (byte) 0);
            }
            done += part;
        }
    }
}
