package io.paravert.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.paravert.device.Device;
import io.paravert.vmm.devices.DeviceCatalog;
import io.paravert.vmm.devices.DeviceText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One {@code --device}: it can be made again, as when its plugin is loaded anew.
 *
 * @param name of the device in its machine
 * @param text as the user wrote it: a type with options, or the name of a JSON file
 */
record DeviceOrder(String name, String text) {
    /** A device whose text ends so is a file that describes it: a type has no dot. */
    private static final String JSON_SUFFIX = ".json";

    static List<DeviceOrder> of(List<String> texts) {
        List<DeviceOrder> orders = new ArrayList<>();
        for (String text : texts) {
            String base = isJson(text) ? "device" : DeviceText.parse(text).type();
            orders.add(new DeviceOrder(base + orders.size(), text));
        }
        return orders;
    }

    private static boolean isJson(String text) {
        return text.endsWith(JSON_SUFFIX);
    }

    /** @throws RuntimeException if there is no such device, or its options or its file are wrong */
    Device create(DeviceCatalog catalog) {
        return isJson(text) ? catalog.createFromJson(read(), text) : catalog.create(text);
    }

    /** Its device type; empty if its file does not say. */
    String type() {
        if (!isJson(text)) {
            return DeviceText.parse(text).type();
        }
        try {
            return new JsonMapper().readTree(read()).path("type").asText();
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    private String read() {
        try {
            return Files.readString(Path.of(text));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException(Status.USAGE, "device file " + text + " cannot be read: " + e, e);
        }
    }
}
