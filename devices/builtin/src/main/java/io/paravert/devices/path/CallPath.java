package io.paravert.devices.path;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.Hypercall;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** The path of calls that name the device: BLOCK_SUBMIT, NET_SEND, NET_RECV; single, or many in one MULTICALL. */
public final class CallPath {
    private final IoService service;
    private final GuestMemoryView memory;
    private final boolean block;

    private CallPath(IoService service, GuestMemoryView memory, boolean block) {
        this.service = service;
        this.memory = memory;
        this.block = block;
    }

    /** Serves BLOCK_SUBMIT. */
    public static CallPath ofBlock(IoService service, GuestMemoryView memory) {
        return new CallPath(service, memory, true);
    }

    /** Serves NET_SEND and NET_RECV. */
    public static CallPath ofNet(IoService service, GuestMemoryView memory) {
        return new CallPath(service, memory, false);
    }

    /** One call, on the device's context. */
    public Future<Long> handle(Hypercall call) {
        Call request = new Call(memory);
        if (block && call.number() == io.paravert.abi.Hypercall.BLOCK_SUBMIT) {
            if (call.a1() < 0 || call.a1() > IoOp.WRITE_ZEROES || call.a4() < 0) {
                return Future.succeededFuture((long) -PvError.EINVAL);
            }
            request.submit(service, (int) call.a1(), call.a2(), call.a3(), call.a4());
        } else if (!block && call.number() == io.paravert.abi.Hypercall.NET_SEND && call.a2() >= 0) {
            request.submit(service, IoOp.SEND, 0, call.a1(), call.a2());
        } else if (!block && call.number() == io.paravert.abi.Hypercall.NET_RECV && call.a2() >= 0) {
            return receive(request, call);
        } else {
            return Future.succeededFuture((long) -PvError.ENOTTY);
        }
        return request.promise.future();
    }

    /** NET_RECV does not wait: what has no frame at once is taken back. */
    private Future<Long> receive(Call request, Hypercall call) {
        request.submit(service, IoOp.RECEIVE, 0, call.a1(), call.a2());
        if (!request.promise.future().isComplete() && service.cancel(request)) {
            return Future.succeededFuture((long) -PvError.EAGAIN);
        }
        return request.promise.future();
    }

    /** A call under way. */
    private static final class Call extends MappedRequest {
        final Promise<Long> promise = Promise.promise();

        Call(GuestMemoryView memory) {
            super(memory);
        }

        @Override
        public void complete(long result) {
            promise.complete(result);
        }
    }
}
