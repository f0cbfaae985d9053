package io.paravert.load;

import static io.paravert.isa.Register.*;

import io.paravert.abi.CallRange;
import io.paravert.device.AccessHandler;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.device.Isolation;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.Operand;
import io.paravert.isa.asm.Addresses;
import io.vertx.core.Future;
import java.util.Locale;

/**
 * The least a device can do: it answers. So what is measured is the path to it.
 *
 * @param path how the guest asks
 * @param delivery how the request reaches the device; POST asks by a store, which has no answer
 */
public record EchoTarget(Path path, Delivery delivery) implements LoadTarget {
    private static final int CALL = CallRange.PLUGIN_FIRST;
    private static final int PORT = 0x5f0;
    private static final long MMIO = 0xd000_0000L;
    private static final int WIDTH = 4;
    private static final long ANSWER = 1;

    /** How a guest reaches the device. */
    public enum Path {
        HYPERCALL,
        PORT,
        MMIO
    }

    @Override
    public String describe() {
        return "echo by " + path.name().toLowerCase(Locale.ROOT) + ", " + delivery;
    }

    @Override
    public Device device() {
        return new Echo(this);
    }

    @Override
    public void operation(PvAssembler g) {
        switch (path) {
            case HYPERCALL -> g.hypercall(CALL);
            case PORT -> {
                g.mov(EDX, PORT);
                if (delivery == Delivery.POST) {
                    g.mov(EAX, 1);
                    g.out(DX, EAX);
                } else {
                    g.in(EAX, DX);
                    // All-ones is the answer of a device that failed.
                    g.movsxd(RAX, EAX);
                }
            }
            case MMIO -> {
                Operand register = Addresses.dword(RBX);
                g.mov(EBX, MMIO);
                if (delivery == Delivery.POST) {
                    g.mov(EAX, 1);
                    g.mov(register, EAX);
                } else {
                    g.mov(EAX, register);
                    g.movsxd(RAX, EAX);
                }
            }
        }
    }

    private record Echo(EchoTarget target) implements Device {
        @Override
        public Isolation isolation() {
            return Isolation.SHARED;
        }

        @Override
        public void attach(DeviceSite site) {
            Delivery delivery = target.delivery;
            boolean inline = delivery == Delivery.INLINE;
            AccessHandler handler = access -> Future.succeededFuture(ANSWER);
            switch (target.path) {
                case HYPERCALL -> {
                    if (inline) {
                        site.claimHypercalls(CALL, 1, (vcpu, number, a0, a1, a2, a3, a4, a5) -> ANSWER);
                    } else {
                        site.claimHypercalls(CALL, 1, delivery, call -> Future.succeededFuture(ANSWER));
                    }
                }
                case PORT -> {
                    if (inline) {
                        site.claimPorts(PORT, WIDTH, new Register());
                    } else {
                        site.claimPorts(PORT, WIDTH, delivery, handler);
                    }
                }
                case MMIO -> {
                    if (inline) {
                        site.claimMmio(MMIO, WIDTH, new Register());
                    } else {
                        site.claimMmio(MMIO, WIDTH, delivery, handler);
                    }
                }
            }
        }
    }

    private static final class Register implements InlineAccessHandler {
        @Override
        public long read(int vcpu, long offset, int size) {
            return ANSWER;
        }

        @Override
        public void write(int vcpu, long offset, int size, long value) {
            // It is asked for nothing but to be there.
        }
    }
}
