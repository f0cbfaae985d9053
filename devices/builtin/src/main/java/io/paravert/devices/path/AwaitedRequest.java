package io.paravert.devices.path;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.device.GuestMemoryView;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** A request whose vCPU waits for it: by a register or a call. Used once. */
final class AwaitedRequest extends MappedRequest {
    private final Promise<Long> promise = Promise.promise();

    AwaitedRequest(GuestMemoryView memory) {
        super(memory);
    }

    /**
     * Submits it. RECEIVE does not wait, because a vCPU would with it: what has no frame at once is taken back, and ends with
     * -EAGAIN.
     */
    Future<Long> run(IoService service, int operation, long place, long gpa, long length) {
        submit(service, operation, place, gpa, length);
        if (operation == IoOp.RECEIVE && !promise.future().isComplete() && service.cancel(this)) {
            return Future.succeededFuture((long) -PvError.EAGAIN);
        }
        return promise.future();
    }

    @Override
    public void complete(long result) {
        promise.complete(result);
    }
}
