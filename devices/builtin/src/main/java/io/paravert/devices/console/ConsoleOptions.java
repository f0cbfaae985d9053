package io.paravert.devices.console;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a console's ports lead: {@code stdio}, {@code none}, {@code file:PATH} or {@code tcp:PORT} (on 127.0.0.1).
 *
 * @param to of the console proper; stdio if absent
 * @param ports further ports, by name
 */
public record ConsoleOptions(
        @JsonPropertyDescription("stdio, none, file:PATH or tcp:PORT; stdio if absent") @Nullable String to,

        @JsonPropertyDescription("further ports: name to target") @Nullable Map<String, String> ports) {}
