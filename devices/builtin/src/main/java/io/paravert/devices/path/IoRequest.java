package io.paravert.devices.path;

import io.paravert.abi.PvError;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One operation, as the device's logic sees it: checked guest memory, never an address. Each path has a subclass that knows where
 * the result goes; a path may use one object many times. On the device's context.
 */
public abstract class IoRequest {
    private int op;
    private long offset;
    private long bytes;
    private @Nullable GuestBuffer data;
    private long dataAt;

    /**
     * Becomes this operation on memory that was checked, and goes to the service.
     *
     * @param at offset in {@code target} of the first byte
     */
    protected final void submit(
            IoService service, int operation, long place, GuestBuffer target, long at, long length) {
        this.op = operation;
        this.offset = place;
        this.bytes = length;
        this.data = target;
        this.dataAt = at;
        try {
            service.submit(this);
        } catch (GuestAddressException e) {
            complete(-PvError.EFAULT);
        }
    }

    /** IoOp; unchecked. */
    public final int op() {
        return op;
    }

    /** What the operation says: the first sector of a block operation. Unchecked. */
    public final long offset() {
        return offset;
    }

    /** Bytes of the operation; that many lie in {@link #data} from {@link #dataAt} on if the operation moves data. */
    public final long bytes() {
        return bytes;
    }

    public final GuestBuffer data() {
        return Objects.requireNonNull(data);
    }

    /** Offset in {@link #data} of the operation's first byte. */
    public final long dataAt() {
        return dataAt;
    }

    /** Copies the operation's first {@code length} bytes. */
    public void read(byte[] target, int at, int length) {
        data().read(dataAt, target, at, length);
    }

    /** Called once: bytes done, or a negative error of the ABI. */
    public abstract void complete(long result);
}
