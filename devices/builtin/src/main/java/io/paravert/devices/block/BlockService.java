package io.paravert.devices.block;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.devices.path.IoRequest;
import io.paravert.devices.path.IoService;

/** The block device's request logic: what may be asked of the store. */
public final class BlockService implements IoService {
    /** Data of one request at most, bytes; what only clears may be as long as the device. */
    public static final long DATA_LIMIT = 16 << 20;
    /** Sectors that one request may clear, so that none keeps the device busy for long. */
    public static final long CLEAR_LIMIT = (1L << 30) / BlockStore.SECTOR;

    private final BlockStore store;

    public BlockService(BlockStore store) {
        this.store = store;
    }

    public BlockStore store() {
        return store;
    }

    @Override
    public void submit(IoRequest request) {
        int wrong = check(request);
        if (wrong != 0) {
            request.complete(-wrong);
        } else if (request.bytes() == 0 && request.op() != IoOp.FLUSH) {
            request.complete(0);
        } else {
            store.begin(request);
        }
    }

    /** 0, or the error. */
    private int check(IoRequest request) {
        long bytes = request.bytes();
        switch (request.op()) {
            case IoOp.READ, IoOp.WRITE -> {
                if (bytes > DATA_LIMIT) {
                    return PvError.E2BIG;
                }
            }
            case IoOp.DISCARD, IoOp.WRITE_ZEROES -> {
                if (bytes > CLEAR_LIMIT * BlockStore.SECTOR) {
                    return PvError.E2BIG;
                }
            }
            case IoOp.FLUSH -> {
                return bytes == 0 ? 0 : PvError.EINVAL;
            }
            default -> {
                return PvError.ENOTSUP;
            }
        }
        if (bytes % BlockStore.SECTOR != 0) {
            return PvError.EINVAL;
        }
        long sectors = bytes / BlockStore.SECTOR;
        long first = request.offset();
        if (first < 0 || sectors > store.sectors() || first > store.sectors() - sectors) {
            return PvError.ERANGE;
        }
        return store.isReadOnly() && request.op() != IoOp.READ ? PvError.EROFS : 0;
    }
}
