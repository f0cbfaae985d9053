package io.paravert.vmm.plugins;

import io.paravert.device.DeviceFactory;
import io.paravert.vmm.devices.DeviceCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The plugins of this process. Any thread. */
public final class Plugins implements AutoCloseable {
    /** Looked for in the working directory when no path is given. */
    public static final Path DEFAULT_FOLDER = Path.of("plugins");

    private final ClassLoader shared = new SharedClasses(Plugins.class.getClassLoader());
    private final List<DeviceFactory<?>> builtIn = new ArrayList<>();
    private final List<Plugin> loaded = new ArrayList<>();

    /** No plugins yet; the device types of the class path are there. */
    public Plugins() {
        ServiceLoader.load(DeviceFactory.class).forEach(builtIn::add);
    }

    /**
     * Loads a jar.
     *
     * @throws PluginException if it fails, or a device type of it is there already; nothing is loaded then
     */
    public synchronized Plugin load(Path jar) {
        Plugin plugin = new Plugin(jar, shared);
        for (DeviceFactory<?> factory : plugin.factories()) {
            if (allFactories().stream().anyMatch(other -> other.type().equals(factory.type()))) {
                plugin.close();
                throw new PluginException("plugin " + jar + " offers device type " + factory.type()
                        + ", which is there already: unload the other or rename this one");
            }
        }
        loaded.add(plugin);
        return plugin;
    }

    /**
     * Loads a jar, or every jar of a folder, in the order of their names.
     *
     * @throws PluginException at the first that fails; those before it stay
     */
    public List<Plugin> loadPath(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(load(path));
        }
        List<Path> jars;
        try (Stream<Path> entries = Files.list(path)) {
            jars = entries.filter(p -> p.getFileName().toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new PluginException("plugin folder " + path + " cannot be read: " + e, e);
        }
        return jars.stream().map(this::load).toList();
    }

    /** Forgets a plugin. Its devices must have been detached: its classes go when nothing refers to them any more. */
    public synchronized void unload(Plugin plugin) {
        if (!loaded.remove(plugin)) {
            throw new PluginException("plugin " + plugin.jar() + " is not loaded");
        }
        plugin.close();
    }

    /** Unloads a plugin and loads its jar as it is now; if that fails the old one is gone all the same. */
    public synchronized Plugin reload(Plugin plugin) {
        unload(plugin);
        return load(plugin.jar());
    }

    public synchronized List<Plugin> loaded() {
        return List.copyOf(loaded);
    }

    private List<DeviceFactory<?>> allFactories() {
        List<DeviceFactory<?>> all = new ArrayList<>(builtIn);
        loaded.forEach(plugin -> all.addAll(plugin.factories()));
        return all;
    }

    /** All device types that are there now: of the class path and of plugins. A catalog keeps plugins' classes alive. */
    public synchronized DeviceCatalog catalog() {
        return DeviceCatalog.of(allFactories());
    }

    @Override
    public synchronized void close() {
        loaded.forEach(Plugin::close);
        loaded.clear();
    }
}
