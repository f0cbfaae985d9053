package io.paravert.examples.hostile;

import io.paravert.abi.CallRange;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.InlineAccessHandler;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Devices for a hostile guest to find: good ones, and ones that fail in each way that is cheap to repeat. */
final class HostileDevices {
    private static final int FIRST = CallRange.PLUGIN_FIRST;

    private final AtomicLong posts = new AtomicLong();

    /** Serves the plugin numbers 0 to 5, a quarter of the ports, and some addresses. */
    Device device() {
        return site -> {
            site.claimHypercalls(FIRST, 1, Delivery.CALL, call -> {
                site.memory().putLong(call.a0(), call.a1());
                return Future.succeededFuture(site.memory().getLong(call.a2()));
            });
            site.claimHypercalls(FIRST + 1, 1, Delivery.CALL, call -> {
                throw new IllegalStateException("a device that throws");
            });
            site.claimHypercalls(FIRST + 2, 1, Delivery.CALL, call -> Future.failedFuture("a device that fails"));
            site.claimHypercalls(FIRST + 3, 1, Delivery.POST, call -> {
                posts.incrementAndGet();
                return Future.succeededFuture(0L);
            });
            site.claimHypercalls(FIRST + 4, 1, (vcpu, number, a0, a1, a2, a3, a4, a5) -> {
                throw new IllegalStateException("a device that throws on the vCPU's thread");
            });
            site.claimHypercalls(
                    FIRST + 5,
                    1,
                    (vcpu, number, a0, a1, a2, a3, a4, a5) ->
                            site.memory().view(a0, a1 & 0xffff).readableBytes());
            site.claimPorts(0x8000, 0x4000, accesses());
            site.claimMmio(0xa000_0000L, 0x1000_0000L, accesses());
        };
    }

    long posts() {
        return posts.get();
    }

    private static InlineAccessHandler accesses() {
        return new InlineAccessHandler() {
            @Override
            public long read(int vcpu, long offset, int size) {
                if ((offset & 7) == 7) {
                    throw new IllegalStateException("a device that throws when read");
                }
                return ~offset;
            }

            @Override
            public void write(int vcpu, long offset, int size, long value) {
                if ((offset & 7) == 7) {
                    throw new IllegalStateException("a device that throws when written");
                }
            }
        };
    }
}
