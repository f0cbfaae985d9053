package io.paravert.examples;

import io.paravert.abi.CallRange;
import io.paravert.abi.PvError;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import io.paravert.device.DeviceSite;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.Hypercall;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;

/**
 * A device that serves one hypercall of its own: it greets a name. It is a plugin like any other: this class, its factory, and
 * one line in {@code META-INF/services}. What the guest hands over is checked where it is used: lengths here, addresses by
 * the memory view, whose exception becomes -EFAULT for the guest.
 */
final class GreeterDevice implements Device {
    static final String TYPE = "greeter";

    /** GREET: RDI and RSI name (address, bytes), RDX and R10 buffer (address, bytes); result: bytes of the greeting. */
    static final int GREET = CallRange.PLUGIN_FIRST;

    private static final int MAX_NAME = 256;

    private final String greeting;

    private GreeterDevice(String greeting) {
        this.greeting = greeting;
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimHypercalls(GREET, 1, Delivery.CALL, call -> Future.succeededFuture(greet(site.memory(), call)));
    }

    private long greet(GuestMemoryView memory, Hypercall call) {
        if (call.a1() < 0 || call.a1() > MAX_NAME) {
            return -PvError.EINVAL;
        }
        byte[] name = new byte[(int) call.a1()];
        memory.read(call.a0(), name, 0, name.length);
        byte[] text =
                (greeting + ", " + new String(name, StandardCharsets.UTF_8) + "!").getBytes(StandardCharsets.UTF_8);
        if (text.length > call.a3()) {
            return -PvError.EMSGSIZE;
        }
        memory.write(call.a2(), text, 0, text.length);
        return text.length;
    }

    /** Its settings. */
    record Configuration(String greeting) {}

    /** The service by which the monitor finds it. */
    public static final class Factory implements DeviceFactory<Configuration> {
        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String summary() {
            return "greets a guest by a hypercall of its own; setting: greeting";
        }

        @Override
        public Class<Configuration> configuration() {
            return Configuration.class;
        }

        @Override
        public Device create(Configuration configuration) {
            return new GreeterDevice(configuration.greeting());
        }
    }
}
