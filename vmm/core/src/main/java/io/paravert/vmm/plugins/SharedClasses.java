package io.paravert.vmm.plugins;

import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What plugins share with the monitor, and with each other: the classes that a device is written against. Everything else a
 * plugin brings itself, so that its libraries meet neither the monitor's nor another plugin's.
 */
final class SharedClasses extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static final List<String> PACKAGES = List.of(
            "io.paravert.device.",
            "io.paravert.abi.",
            "io.paravert.virtio.",
            "io.vertx.core.",
            "io.netty.",
            "com.fasterxml.jackson.annotation.",
            "org.slf4j.",
            "org.jspecify.annotations.");

    private final ClassLoader monitor;

    SharedClasses(ClassLoader monitor) {
        super(ClassLoader.getPlatformClassLoader());
        this.monitor = monitor;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (PACKAGES.stream().anyMatch(name::startsWith)) {
            return monitor.loadClass(name);
        }
        throw new ClassNotFoundException(
                name + (name.startsWith("io.paravert.") ? ": the monitor's inside is closed to plugins" : ""));
    }

    @Override
    protected @Nullable URL findResource(String name) {
        return null;
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        return Collections.emptyEnumeration();
    }
}
