package io.paravert.cli;

import io.paravert.vmm.plugins.Plugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code --plugin-path}. */
final class PluginPath {
    static final String OPTION = "--plugin-path";

    private PluginPath() {}

    /**
     * Loads what the user named, or what is in the folder for it.
     *
     * @throws io.paravert.vmm.plugins.PluginException at the first that fails
     */
    static Plugins open(List<Path> paths) {
        Plugins plugins = new Plugins();
        try {
            if (!paths.isEmpty()) {
                paths.forEach(plugins::loadPath);
            } else if (Files.isDirectory(Plugins.DEFAULT_FOLDER)) {
                plugins.loadPath(Plugins.DEFAULT_FOLDER);
            }
            return plugins;
        } catch (RuntimeException e) {
            plugins.close();
            throw e;
        }
    }
}
