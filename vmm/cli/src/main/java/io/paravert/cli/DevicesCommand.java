package io.paravert.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paravert.vmm.devices.DeviceCatalog;
import io.paravert.vmm.devices.DeviceOption;
import io.paravert.vmm.plugins.Plugins;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paravert devices}. */
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "Lists the device types that 'run --device' can make, with their options.")
final class DevicesCommand implements Callable<Integer> {
    private final Stdio stdio;

    @Option(names = "--json", description = "For machines.")
    private boolean json;

    @Option(
            names = PluginPath.OPTION,
            paramLabel = "PATH",
            description =
                    "A plugin's jar, or a folder of them; again for more (default: the folder plugins, if there).")
    private List<Path> pluginPaths = new ArrayList<>();

    DevicesCommand(Stdio stdio) {
        this.stdio = stdio;
    }

    @Override
    public Integer call() {
        List<DeviceCatalog.Entry> entries;
        try (Plugins plugins = PluginPath.open(pluginPaths)) {
            entries = plugins.catalog().entries();
        }
        PrintStream out = stdio.text();
        if (json) {
            out.println(Output.jsonObject(true, generator -> write(generator, entries)));
        } else {
            entries.forEach(entry -> print(out, entry));
        }
        return Output.finish(out);
    }

    private static void print(PrintStream out, DeviceCatalog.Entry entry) {
        out.printf("%-16s%s%n", entry.type(), entry.summary());
        for (DeviceOption option : entry.options()) {
            StringBuilder line = new StringBuilder(String.format("  %s=%s", option.name(), option.type()));
            line.append(option.required() ? " (required)" : "");
            line.append(option.defaultValue().isEmpty() ? "" : " (default: " + option.defaultValue() + ")");
            out.println(option.description().isEmpty() ? line : String.format("%-40s  %s", line, option.description()));
        }
    }

    private static void write(JsonGenerator json, List<DeviceCatalog.Entry> entries) throws IOException {
        json.writeArrayFieldStart("devices");
        for (DeviceCatalog.Entry entry : entries) {
            json.writeStartObject();
            json.writeStringField("type", entry.type());
            json.writeStringField("summary", entry.summary());
            json.writeArrayFieldStart("options");
            for (DeviceOption option : entry.options()) {
                json.writeStartObject();
                json.writeStringField("name", option.name());
                json.writeStringField("type", option.type());
                json.writeBooleanField("required", option.required());
                json.writeStringField("default", option.defaultValue());
                json.writeStringField("description", option.description());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
