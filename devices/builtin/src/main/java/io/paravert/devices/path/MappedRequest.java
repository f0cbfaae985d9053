package io.paravert.devices.path;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestBuffer;
import io.paravert.device.GuestMemoryView;

/** A request that names its data by one guest-physical address, which is checked here. */
public abstract class MappedRequest extends IoRequest {
    private final GuestBuffer readable;
    private final GuestBuffer writable;

    protected MappedRequest(GuestMemoryView memory) {
        this.readable = new GuestBuffer(memory, false);
        this.writable = new GuestBuffer(memory, true);
    }

    /**
     * Becomes this operation on one range of guest memory, and goes to the service.
     *
     * @param gpa unchecked
     * @param length bytes, 0 or more
     */
    protected final void submit(IoService service, int operation, long place, long gpa, long length) {
        readable.clear();
        writable.clear();
        GuestBuffer target = writesGuest(operation) ? writable : readable;
        try {
            if (length > 0 && movesData(operation)) {
                target.add(gpa, length);
            }
        } catch (GuestAddressException e) {
            complete(-PvError.EFAULT);
            return;
        }
        submit(service, operation, place, target, 0, length);
    }

    /** Becomes this operation on data that the request itself carries; see {@link #read}. */
    protected final void submitInline(IoService service, int operation, long place, long length) {
        readable.clear();
        submit(service, operation, place, readable, 0, length);
    }

    private static boolean writesGuest(int operation) {
        return operation == IoOp.READ || operation == IoOp.RECEIVE;
    }

    private static boolean movesData(int operation) {
        return operation == IoOp.READ
                || operation == IoOp.WRITE
                || operation == IoOp.SEND
                || operation == IoOp.RECEIVE
                || operation >= IoOp.PLUGIN_FIRST;
    }
}
