package io.paravert.vmm.plugins;

import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import java.nio.file.Path;

/** A plugin's factory, asked for its words once. What goes wrong in {@code create} is the plugin's. */
final class GuardedFactory<C extends Record> implements DeviceFactory<C> {
    private final Path jar;
    private final DeviceFactory<C> factory;
    private final String type;
    private final String summary;
    private final Class<C> configuration;

    private GuardedFactory(Path jar, DeviceFactory<C> factory) {
        this.jar = jar;
        this.factory = factory;
        this.type = factory.type();
        this.summary = factory.summary();
        this.configuration = factory.configuration();
        if (!type.matches("[a-z0-9-]{1,40}")) {
            throw new PluginException("plugin " + jar + " calls its device type \"" + type
                    + "\": use 1 to 40 lower case letters, digits, hyphens");
        }
    }

    static <C extends Record> GuardedFactory<C> of(Path jar, DeviceFactory<C> factory) {
        return new GuardedFactory<>(jar, factory);
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public Class<C> configuration() {
        return configuration;
    }

    @Override
    public Device create(C settings) {
        return PluginFault.guard(jar + " cannot make a device " + type, () -> {
            Device device = factory.create(settings);
            if (device == null) {
                throw new PluginException("plugin " + jar + " made no device " + type + ": create returned null");
            }
            return device;
        });
    }
}
