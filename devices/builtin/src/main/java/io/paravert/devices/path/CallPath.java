package io.paravert.devices.path;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.Hypercall;
import io.vertx.core.Future;

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
        AwaitedRequest request = new AwaitedRequest(memory);
        if (block && call.number() == io.paravert.abi.Hypercall.BLOCK_SUBMIT) {
            if (call.a1() < 0 || call.a1() > IoOp.WRITE_ZEROES || call.a4() < 0) {
                return Future.succeededFuture((long) -PvError.EINVAL);
            }
            return request.run(service, (int) call.a1(), call.a2(), call.a3(), call.a4());
        }
        if (!block && call.number() == io.paravert.abi.Hypercall.NET_SEND && call.a2() >= 0) {
            return request.run(service, IoOp.SEND, 0, call.a1(), call.a2());
        }
        if (!block && call.number() == io.paravert.abi.Hypercall.NET_RECV && call.a2() >= 0) {
            return request.run(service, IoOp.RECEIVE, 0, call.a1(), call.a2());
        }
        return Future.succeededFuture((long) -PvError.ENOTTY);
    }
}
