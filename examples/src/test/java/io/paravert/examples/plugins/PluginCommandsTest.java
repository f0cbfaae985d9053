package io.paravert.examples.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.cli.Main;
import io.paravert.device.Device;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;
import io.paravert.vmm.plugins.Plugin;
import io.paravert.vmm.plugins.Plugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin from a user's point of view: the command line with its jar, and a guest that sees it come and go. */
class PluginCommandsTest {
    private static final int CELSIUS = 273_150;
    private static final int OTHER = 1_000_000;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    private Path jar;
    private Path temperature;

    @BeforeEach
    void build() throws IOException {
        jar = ThermometerJar.make(Files.createDirectory(folder.resolve("plugins")), "thermometer-1.0.jar", CELSIUS);
        temperature = Files.writeString(folder.resolve("temperature"), "21000\n");
    }

    private record Ended(int status, String out, String err) {}

    private Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                Main.class.getName()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    /** Parts of it are relative to this directory, which is not the command's. */
    private static String classPath() {
        return String.join(
                java.io.File.pathSeparator,
                List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator)).stream()
                        .map(part -> Path.of(part).toAbsolutePath().toString())
                        .toList());
    }

    private Ended run(String... words) throws Exception {
        Process process = start(words);
        try {
            process.getOutputStream().close();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), said("out"), said("err"));
        } finally {
            process.destroyForcibly();
        }
    }

    private String said(String stream) throws IOException {
        return Files.readString(folder.resolve(stream), StandardCharsets.UTF_8);
    }

    private Path guest() throws IOException {
        GuestProgram program = HotPlugGuest.program();
        return Files.write(folder.resolve("hotplug.elf"), program.toElf());
    }

    @Test
    void devicesShouldListAPluginWithItsOptions() throws Exception {
        String listed =
                "thermometer     reads a temperature file and raises an alarm\n  file=text\n  above=number\n  every=number\n";
        assertThat(run("devices", "--plugin-path", jar.toString()).out()).contains(listed);
        assertThat(run("devices").out()).as("the folder plugins").contains(listed);
        Files.move(jar, folder.resolve("elsewhere.jar"));
        assertThat(run("devices").out()).doesNotContain("thermometer");
    }

    @Test
    void runShouldTakeADeviceOfAPluginFromTextAndFromAFile() throws Exception {
        String text = "thermometer,file=" + temperature + ",above=30000,every=1000";
        Path json = Files.writeString(
                folder.resolve("heat.json"),
                "{\"type\": \"thermometer\", \"file\": \"" + temperature + "\", \"above\": 30000, \"every\": 1000}");
        for (String device : List.of(text, json.toString())) {
            Process process =
                    start("run", guest().toString(), "--engine", "soft", "--timeout", "60", "--device", device);
            try {
                awaitOutput("out", "reads 294150\n");
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void anUnknownKeyShouldGetTheNearestKnownName() throws Exception {
        Path json = Files.writeString(folder.resolve("heat.json"), "{\"type\": \"thermometer\", \"abov\": 30000}");
        for (String device : List.of("thermometer,abov=30000", json.toString())) {
            Ended ended = run("run", guest().toString(), "--engine", "soft", "--device", device);
            assertThat(ended.status()).isEqualTo(2);
            assertThat(ended.err())
                    .contains("abov")
                    .contains("did you mean")
                    .contains("above")
                    .hasLineCount(1);
        }
    }

    @Test
    void aPluginThatIsBuiltAnewShouldServeTheRunningGuest() throws Exception {
        String device = "thermometer,file=" + temperature + ",above=30000,every=1000";
        Process process = start(
                "run",
                guest().toString(),
                "--engine",
                "soft",
                "--timeout",
                "60",
                "--watch-plugins",
                "--device",
                device);
        try {
            awaitOutput("out", "reads 294150\n");
            ThermometerJar.make(jar.getParent(), jar.getFileName().toString(), OTHER);
            awaitOutput("out", "reads 1021000\n");
            awaitOutput("err", "thermometer-1.0.jar was reloaded, with devices [thermometer0]\n");
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void awaitOutput(String stream, String text) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!said(stream).contains(text)) {
            assertThat(System.nanoTime() - end)
                    .as("waiting for %s; so far %s %s", text, said("out"), said("err"))
                    .isNegative();
            Thread.sleep(20);
        }
    }

    @GuestTest
    void aGuestShouldSeeRemovalAndArrivalOfADeviceAsEvents(GuestHost host) throws Exception {
        String device = "thermometer,file=" + temperature + ",above=30000,every=1000";
        try (Plugins plugins = new Plugins();
                RunningGuest guest = host.start(HotPlugGuest.program(), config -> {})) {
            guest.awaitConsole("gone\n");
            Plugin plugin = plugins.load(jar);
            attach(guest, plugins.catalog().create(device));
            guest.awaitConsole("gone\nreads 294150\n");
            detach(guest);
            guest.awaitConsole("gone\nreads 294150\ngone\n");
            ThermometerJar.make(jar.getParent(), jar.getFileName().toString(), OTHER);
            plugins.reload(plugin);
            attach(guest, plugins.catalog().create(device));
            guest.awaitConsole("gone\nreads 294150\ngone\nreads 1021000\n");
        }
    }

    private static void attach(RunningGuest guest, Device device) {
        guest.vm()
                .attachDevice("heat0", device)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static void detach(RunningGuest guest) {
        guest.vm()
                .detachDevice("heat0")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }
}
