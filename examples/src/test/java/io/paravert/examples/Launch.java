package io.paravert.examples;

import java.util.ArrayList;
import java.util.List;

/** How a test starts the command line as a process of its own, with this build's classes, on this JDK. */
public final class Launch {
    /** The first JDK that warns of native code and raw memory unless it is told that they are meant. */
    private static final int WARNS = 24;

    private Launch() {}

    /** The process's words, for a {@link ProcessBuilder}; to be quoted where a shell reads them. */
    public static List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.nio=ALL-UNNAMED"));
        if (Runtime.version().feature() >= WARNS) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.paravert.cli.Main"));
        command.addAll(List.of(words));
        return command;
    }

    /** The same for a shell. */
    static String shellCommand() {
        return "'" + String.join("' '", command()) + "'";
    }
}
