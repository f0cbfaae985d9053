package io.paravert.vmm.plugins;

import io.paravert.device.DeviceFactory;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A loaded jar. Life: loaded by the constructor, then {@link #close}. The jar is copied first, so that it can be built anew
 * while this one is in use. Any thread.
 */
public final class Plugin implements AutoCloseable {
    private static final String SERVICE = "META-INF/services/" + DeviceFactory.class.getName();

    private final Path jar;
    private final Path copy;
    private final URLClassLoader loader;
    private final List<DeviceFactory<?>> factories;

    /** @throws PluginException if it cannot be read, offers no device type, or fails while it is loaded */
    Plugin(Path jar, ClassLoader shared) {
        this.jar = jar;
        this.copy = copyOf(jar);
        try {
            URL url = copy.toUri().toURL();
            this.loader = new URLClassLoader("plugin " + jar.getFileName(), new URL[] {url}, shared);
        } catch (IOException e) {
            throw new PluginException("plugin " + jar + " cannot be opened: " + e, e);
        }
        try {
            this.factories = findFactories();
        } catch (PluginException e) {
            close();
            throw e;
        }
    }

    private static Path copyOf(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new PluginException("plugin " + jar + " is not a file: give a jar");
        }
        try {
            Path copy = Files.createTempFile("paravert-plugin-", ".jar");
            copy.toFile().deleteOnExit();
            return Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new PluginException("plugin " + jar + " cannot be read: " + e, e);
        }
    }

    private List<DeviceFactory<?>> findFactories() {
        if (loader.findResource(SERVICE) == null) {
            throw new PluginException("plugin " + jar + " has no " + SERVICE
                    + ": write one with the name of your DeviceFactory, or check that it is a jar");
        }
        List<DeviceFactory<?>> found = new ArrayList<>();
        PluginFault.guard(jar + " cannot be loaded", () -> {
            for (DeviceFactory<?> service : ServiceLoader.load(DeviceFactory.class, loader)) {
                found.add(GuardedFactory.of(jar, service));
            }
            return found;
        });
        if (found.isEmpty()) {
            throw new PluginException("plugin " + jar + " names no class in " + SERVICE);
        }
        return List.copyOf(found);
    }

    /** Where it was loaded from. */
    public Path jar() {
        return jar;
    }

    /** The device types that it offers. */
    public List<DeviceFactory<?>> factories() {
        return factories;
    }

    /** Its classes that are not loaded yet cannot be any more; a device of it that still stands may fail for that. */
    @Override
    public void close() {
        try {
            loader.close();
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            throw new PluginException("plugin " + jar + " cannot be closed: " + e, e);
        }
    }
}
