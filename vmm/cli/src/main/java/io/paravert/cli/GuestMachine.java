package io.paravert.cli;

import io.paravert.device.Device;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.boot.GuestImage;

/** What is special about the machine of a kind of guest. Its calls come in the order below; open while it runs; one thread. */
interface GuestMachine extends AutoCloseable {
    GuestTarget target();

    /** Puts a device on the board, if it is one that belongs there; if not, it is attached as it is. */
    default boolean plug(String name, Device device) {
        return false;
    }

    VmConfig.Builder configure();

    /** Before the machine starts. */
    default void connect(Vm vm) {}

    @Override
    default void close() {}

    /** The machine of an image that knows this framework: nothing but what it asks for. */
    static GuestMachine of(GuestTarget target, GuestImage image) {
        return new GuestMachine() {
            @Override
            public GuestTarget target() {
                return target;
            }

            @Override
            public VmConfig.Builder configure() {
                return VmConfig.builder(GuestTarget.loader(image));
            }
        };
    }
}
