package io.paravert.guest.junit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** Makes the devices that an example names as {@code --device} would: {@code type,key=value}. */
final class DeviceText {
    private DeviceText() {}

    static Device create(String text) {
        String[] parts = text.split(",", -1);
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            settings.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        for (DeviceFactory<?> factory : ServiceLoader.load(DeviceFactory.class)) {
            if (factory.type().equals(parts[0])) {
                return create(factory, settings);
            }
        }
        throw new IllegalArgumentException("no device type '" + parts[0] + "' on the class path, for device " + text);
    }

    private static <C extends Record> Device create(DeviceFactory<C> factory, Map<String, String> settings) {
        return factory.create(new JsonMapper().convertValue(settings, factory.configuration()));
    }
}
