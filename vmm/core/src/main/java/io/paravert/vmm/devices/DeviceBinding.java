package io.paravert.vmm.devices;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Binds settings in words to a factory's configuration record. Immutable; any thread. */
final class DeviceBinding<C extends Record> {
    /**
     * One for each binding, with caches of its own: a mapper remembers the classes that it has met, and those of a plugin must
     * be forgotten with it.
     */
    private final JsonMapper mapper = JsonMapper.builder()
            .typeFactory(TypeFactory.defaultInstance()
                    .withCache((LookupCache<Object, JavaType>) new LRUMap<Object, JavaType>(CACHE, CACHE)))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private static final int CACHE = 64;

    private final DeviceFactory<C> factory;
    private final List<DeviceOption> options;

    DeviceBinding(DeviceFactory<C> factory) {
        this.factory = factory;
        this.options = options(factory.configuration());
    }

    /** In the record's order. */
    List<DeviceOption> options() {
        return options;
    }

    private List<DeviceOption> options(Class<? extends Record> configuration) {
        JavaType type = mapper.constructType(configuration);
        List<DeviceOption> options = new ArrayList<>();
        for (BeanPropertyDefinition property :
                mapper.getDeserializationConfig().introspect(type).findProperties()) {
            String declared = property.getMetadata().getDefaultValue();
            String description = property.getMetadata().getDescription();
            options.add(new DeviceOption(
                    hyphenated(property.getName()),
                    property.getName(),
                    word(property.getRawPrimaryType()),
                    property.isRequired(),
                    declared == null ? "" : declared,
                    description == null ? "" : description));
        }
        return List.copyOf(options);
    }

    private static String hyphenated(String component) {
        return component.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static String word(Class<?> type) {
        if (type.isEnum()) {
            return String.join(
                    "|",
                    Stream.of(type.getEnumConstants())
                            .map(c -> c.toString().toLowerCase(Locale.ROOT))
                            .toList());
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true|false";
        }
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "number";
        }
        return type == String.class ? "text" : type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** @throws DeviceTextException if an option is unknown, missing, or of a value that the device refuses */
    Device create(Map<String, String> settings) {
        Map<String, String> byComponent = new LinkedHashMap<>();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            DeviceOption option = option(setting.getKey());
            if (byComponent.putIfAbsent(option.component(), setting.getValue()) != null) {
                throw new DeviceTextException("device " + factory.type() + " gives " + option.name() + " twice");
            }
        }
        for (DeviceOption option : options) {
            if (option.required() && !byComponent.containsKey(option.component())) {
                throw new DeviceTextException(
                        "device " + factory.type() + " needs " + option.name() + "=" + option.type());
            }
        }
        return convert(byComponent);
    }

    /** As the other, from JSON, where values have types and structure. */
    Device create(ObjectNode settings) {
        ObjectNode byComponent = mapper.createObjectNode();
        settings.properties()
                .forEach(field -> byComponent.set(option(field.getKey()).component(), field.getValue()));
        for (DeviceOption option : options) {
            if (option.required() && !byComponent.has(option.component())) {
                throw new DeviceTextException(
                        "device " + factory.type() + " needs \"" + option.name() + "\": " + option.type());
            }
        }
        return convert(byComponent);
    }

    private Device convert(Object settings) {
        try {
            return factory.create(mapper.convertValue(settings, factory.configuration()));
        } catch (DeviceTextException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new DeviceTextException("device " + factory.type() + ": " + reason(e), e);
        }
    }

    /** The option that a key names: as listed, or as the record's component is spelled. */
    private DeviceOption option(String key) {
        return options.stream()
                .filter(o -> o.name().equals(key) || o.component().equals(key))
                .findFirst()
                .orElseThrow(() -> unknown(key));
    }

    private DeviceTextException unknown(String key) {
        List<String> names = options.stream().map(DeviceOption::name).toList();
        String known = names.isEmpty() ? "; it has none" : "; its options: " + String.join(", ", names);
        return new DeviceTextException("device " + factory.type() + " has no option '" + key + "'"
                + Spelling.nearest(key, names)
                        .map(n -> "; did you mean '" + n + "'?")
                        .orElse(known));
    }

    /** What the converter or the record's own check found wrong, without what a reader of the converter would want. */
    private static String reason(IllegalArgumentException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof InvalidFormatException format && !format.getPath().isEmpty()) {
            String component = format.getPath().get(0).getFieldName();
            return hyphenated(component) + "=" + format.getValue() + " is not " + expected(format.getTargetType());
        }
        if (cause instanceof ValueInstantiationException refused && refused.getCause() != null) {
            return firstLine(refused.getCause().getMessage(), refused.getCause());
        }
        if (cause instanceof JsonMappingException mapping) {
            return firstLine(mapping.getOriginalMessage(), mapping);
        }
        return firstLine(failure.getMessage(), failure);
    }

    private static String expected(Class<?> type) {
        String word = word(type);
        return word.indexOf('|') >= 0 ? "one of " + word : "a " + word;
    }

    private static String firstLine(@Nullable String message, Throwable failure) {
        return message == null
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
