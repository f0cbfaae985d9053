package io.paravert.vmm.devices;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device in words: {@code type,key=value,key=value}. A comma within a value is written twice. A key alone stands for
 * {@code key=true}.
 *
 * @param type as {@code DeviceFactory.type} names it
 * @param settings by key, in the order written
 */
public record DeviceText(String type, Map<String, String> settings) {

    public DeviceText {
        settings = new LinkedHashMap<>(settings);
    }

    /** @throws DeviceTextException if it has no type, or a key that is empty or comes twice */
    public static DeviceText parse(String text) {
        StringBuilder word = new StringBuilder();
        String type = "";
        boolean first = true;
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 0; i <= text.length(); i++) {
            boolean end = i == text.length();
            if (!end && text.charAt(i) == ',' && i + 1 < text.length() && text.charAt(i + 1) == ',') {
                word.append(',');
                i++;
            } else if (end || text.charAt(i) == ',') {
                if (first) {
                    type = word.toString().strip();
                    first = false;
                } else {
                    put(settings, word.toString(), text);
                }
                word.setLength(0);
            } else {
                word.append(text.charAt(i));
            }
        }
        if (type.isEmpty() || type.indexOf('=') >= 0) {
            throw new DeviceTextException("device '" + text + "' names no type: write type,key=value");
        }
        return new DeviceText(type, settings);
    }

    private static void put(Map<String, String> settings, String word, String text) {
        int equals = word.indexOf('=');
        String key = (equals < 0 ? word : word.substring(0, equals)).strip();
        if (key.isEmpty()) {
            throw new DeviceTextException("device '" + text + "' has an option without a name: write type,key=value");
        }
        if (settings.putIfAbsent(key, equals < 0 ? "true" : word.substring(equals + 1)) != null) {
            throw new DeviceTextException("device '" + text + "' gives " + key + " twice");
        }
    }
}
