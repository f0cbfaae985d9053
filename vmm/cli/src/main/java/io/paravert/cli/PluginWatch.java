package io.paravert.cli;

import io.paravert.device.DeviceFactory;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmException;
import io.paravert.vmm.devices.DeviceTextException;
import io.paravert.vmm.plugins.Plugin;
import io.paravert.vmm.plugins.PluginException;
import io.paravert.vmm.plugins.Plugins;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * {@code --watch-plugins}: when a plugin's jar is built anew, its devices are taken out of the running guest and put back as the
 * new jar makes them; the guest hears of both by the event DEVICE_LIST. A thread of its own looks at the jars.
 */
final class PluginWatch implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private final Vm vm;
    private final Plugins plugins;
    private final List<DeviceOrder> devices;
    private final Consumer<String> say;
    private final Map<Path, Watched> jars = new LinkedHashMap<>();
    private final Thread thread = new Thread(this::watch, "plugin-watch");

    /** What a jar was when it was loaded; and when it was last looked at, for one that is still being written. */
    private static final class Watched {
        Optional<Plugin> plugin;
        final List<String> types;
        String loaded;
        String seen;

        Watched(Plugin plugin) {
            this.plugin = Optional.of(plugin);
            this.types = plugin.factories().stream().map(DeviceFactory::type).toList();
            this.loaded = stamp(plugin.jar());
            this.seen = loaded;
        }
    }

    /**
     * @param devices what the guest was given
     * @param say is told what was done, a line each
     */
    PluginWatch(Vm vm, Plugins plugins, List<DeviceOrder> devices, Consumer<String> say) {
        this.vm = vm;
        this.plugins = plugins;
        this.devices = List.copyOf(devices);
        this.say = say;
        plugins.loaded().forEach(plugin -> jars.put(plugin.jar(), new Watched(plugin)));
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private static String stamp(Path jar) {
        try {
            return Files.getLastModifiedTime(jar) + " " + Files.size(jar);
        } catch (IOException e) {
            return "not there";
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                jars.forEach(this::look);
            }
        } catch (InterruptedException e) {
            // The guest has ended.
        }
    }

    private void look(Path jar, Watched watched) {
        String now = stamp(jar);
        boolean settled = now.equals(watched.seen);
        watched.seen = now;
        if (settled && !now.equals(watched.loaded) && Files.isRegularFile(jar)) {
            watched.loaded = now;
            reload(jar, watched);
        }
    }

    private void reload(Path jar, Watched watched) {
        List<DeviceOrder> its = devices.stream()
                .filter(device -> watched.types.contains(device.type()))
                .toList();
        try {
            if (watched.plugin.isPresent()) {
                its.forEach(this::detach);
                plugins.unload(watched.plugin.get());
                watched.plugin = Optional.empty();
            }
            watched.plugin = Optional.of(plugins.load(jar));
            for (DeviceOrder device : its) {
                await(vm.attachDevice(device.name(), device.create(plugins.catalog())));
            }
            say.accept("plugin " + jar + " was reloaded, with devices "
                    + its.stream().map(DeviceOrder::name).toList());
        } catch (PluginException | DeviceTextException | VmException | CommandException e) {
            say.accept("plugin " + jar + " is not back: " + e.getMessage() + "; build it anew");
        }
    }

    private void detach(DeviceOrder device) {
        try {
            await(vm.detachDevice(device.name()));
        } catch (VmException e) {
            say.accept(e.getMessage() + ": it had not come back");
        }
    }

    private static void await(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof VmException cause ? cause : e;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
