package io.paravert.vmm.devices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** The device types that are there, by name. Immutable; any thread. */
public final class DeviceCatalog {
    /** For trees only, which remember no class of a plugin. */
    private static final JsonMapper JSON = new JsonMapper();

    private final SortedMap<String, DeviceFactory<?>> factories = new TreeMap<>();

    private DeviceCatalog(Iterable<? extends DeviceFactory<?>> found) {
        for (DeviceFactory<?> factory : found) {
            DeviceFactory<?> other = factories.putIfAbsent(factory.type(), factory);
            if (other != null && other.getClass() != factory.getClass()) {
                throw new DeviceTextException("two device types are called '" + factory.type() + "': "
                        + other.getClass().getName() + " and "
                        + factory.getClass().getName() + "; leave one of them off the class path");
            }
        }
    }

    /** Of these factories. */
    public static DeviceCatalog of(Collection<? extends DeviceFactory<?>> factories) {
        return new DeviceCatalog(factories);
    }

    /**
     * Of all factories that the class path offers.
     *
     * @throws DeviceTextException if two have one name
     */
    public static DeviceCatalog ofClassPath() {
        List<DeviceFactory<?>> found = new ArrayList<>();
        ServiceLoader.load(DeviceFactory.class).forEach(found::add);
        return new DeviceCatalog(found);
    }

    /** A device type for a list of them. */
    public record Entry(String type, String summary, List<DeviceOption> options) {
        public Entry {
            options = List.copyOf(options);
        }
    }

    /** Every type, by name. */
    public List<Entry> entries() {
        return factories.values().stream()
                .map(f -> new Entry(f.type(), f.summary(), new DeviceBinding<>(f).options()))
                .sorted(Comparator.comparing(Entry::type))
                .toList();
    }

    /**
     * Makes a device from words: {@code type,key=value}.
     *
     * @throws DeviceTextException if there is no such type, or it cannot be made so
     */
    public Device create(String text) {
        return create(DeviceText.parse(text));
    }

    /** As {@link #create(String)}. */
    public Device create(DeviceText text) {
        return binding(text.type()).create(text.settings());
    }

    /**
     * Makes a device from a JSON object: {@code {"type": "...", "option": value}}.
     *
     * @param origin what to call it in errors, such as the file's name
     * @throws DeviceTextException if it is no such object, or as {@link #create(String)}
     */
    public Device createFromJson(String json, String origin) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new DeviceTextException(
                    origin + " is not JSON: " + e.getOriginalMessage() + ", line "
                            + e.getLocation().getLineNr(),
                    e);
        }
        if (!(root instanceof ObjectNode object) || !object.path("type").isTextual()) {
            throw new DeviceTextException(
                    origin + " does not describe a device: write {\"type\": \"...\", \"option\": value}");
        }
        return binding(object.remove("type").asText()).create(object);
    }

    private DeviceBinding<?> binding(String type) {
        DeviceFactory<?> factory = factories.get(type);
        if (factory == null) {
            String known =
                    factories.isEmpty() ? "none is installed" : "known: " + String.join(", ", factories.keySet());
            throw new DeviceTextException("no device type '" + type + "'"
                    + Spelling.nearest(type, factories.keySet())
                            .map(n -> "; did you mean '" + n + "'?")
                            .orElse("; " + known));
        }
        return new DeviceBinding<>(factory);
    }
}
