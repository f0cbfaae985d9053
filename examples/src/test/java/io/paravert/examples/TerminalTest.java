package io.paravert.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A person at a terminal: script(1) makes one, a shell in it notes the terminal's settings before and after a guest. */
class TerminalTest {
    private static final long LIMIT_SECONDS = 60;
    private static final String SCRIPT = "/usr/bin/script";
    private static final byte CONTROL_A = 1;
    private static final byte CONTROL_C = 3;
    /** What a shell makes of Ctrl-C; the guest was left by its user. */
    private static final int LEFT = 130;

    @TempDir
    Path folder;

    private final StringBuilder screen = new StringBuilder();
    private final Map<String, String> environment = new HashMap<>();
    /** What the shell does between the monitor's end and its look at the terminal; with a newline. */
    private String then = "";

    private Process script;

    @BeforeEach
    void needScript() {
        assumeTrue(Files.isExecutable(Path.of(SCRIPT)), "script (bsdutils) is not installed");
    }

    @AfterEach
    void end() {
        if (script != null) {
            script.descendants().forEach(ProcessHandle::destroyForcibly);
            script.destroyForcibly();
        }
    }

    private void start(String... words) throws IOException {
        // As the launcher says it: all three streams are a terminal.
        // A build that was started by nohup(1) would hand on that hang-ups are ignored, and Java would keep to that.
        String command = "env --default-signal=HUP,INT,TERM "
                + Launch.shellCommand().replace("'io.paravert.", "-Dparavert.terminals=012 'io.paravert.");
        Path shell = folder.resolve("shell");
        Files.writeString(
                shell,
                "cd '" + folder + "'\ntty >tty\nstty -g >before\n" + command + " " + String.join(" ", words)
                        + "\necho $? >status\n" + then + "stty -g >after\n");
        ProcessBuilder builder = new ProcessBuilder(SCRIPT, "-qec", "sh " + shell, "/dev/null");
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("NO_COLOR");
        builder.environment().putAll(environment);
        script = builder.redirectErrorStream(true).start();
        Thread reader = new Thread(this::read, "screen");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (InputStream in = script.getInputStream()) {
            byte[] bytes = new byte[4096];
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                synchronized (screen) {
                    screen.append(new String(bytes, 0, length, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            // The terminal has gone.
        }
    }

    private String screen() {
        synchronized (screen) {
            return screen.toString();
        }
    }

    private void type(String text) throws IOException {
        OutputStream keys = script.getOutputStream();
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("%s; the screen: %s", what, screen())
                    .isLessThan(end);
            Thread.sleep(20);
        }
    }

    private void awaitScreen(String text) throws InterruptedException {
        await("'" + text + "' is on the screen", () -> screen().contains(text));
    }

    /** The terminal gives keys one by one. */
    private void awaitRaw() throws InterruptedException {
        await("raw mode", () -> {
            try {
                Process stty = new ProcessBuilder("stty", "-a")
                        .redirectInput(new File(read("tty")))
                        .start();
                String settings = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return settings.contains("-icanon") && settings.contains("-echo ") && settings.contains("-isig");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }

    private void assertEndsRestored(int status) throws IOException, InterruptedException {
        await(
                "the end",
                () -> Files.exists(folder.resolve("after"))
                        && folder.resolve("after").toFile().length() > 0);
        assertThat(read("status")).as(screen()).isEqualTo(Integer.toString(status));
        assertThat(read("after")).as("settings of the terminal").isEqualTo(read("before"));
    }

    private ProcessHandle monitor() {
        return script.descendants()
                .filter(p -> p.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no monitor runs; the screen: " + screen()));
    }

    @Test
    void keysShouldReachTheGuestOneByOneAndCtrlAxShouldLeave() throws Exception {
        start("run", "echo");
        awaitScreen("> ");
        awaitRaw();
        type("hi");
        awaitScreen("> hi"); // Before Enter: the guest echoes, the terminal does not.
        type("" + (char) CONTROL_C + (char) CONTROL_A + (char) CONTROL_A + "!\r");
        awaitScreen("You said: hi!\r\n");
        type((char) CONTROL_A + "x");
        assertEndsRestored(LEFT);
        assertThat(screen()).contains("\u001b[31mecho was stopped\u001b[0m");
    }

    @Test
    void theTerminalShouldBeRestoredWhenTheGuestEnds() throws Exception {
        start("run", "echo", "--engine", "soft");
        awaitScreen("> ");
        awaitRaw();
        type("exit\r");
        assertEndsRestored(0);
        assertThat(screen()).contains("\u001b[32mecho exited with status 0\u001b[0m");
    }

    @Test
    void theTerminalShouldBeRestoredWhenTheGuestCrashes() throws Exception {
        start("run", "crash");
        assertEndsRestored(5);
        assertThat(screen()).contains("triple fault", "mov    rax,QWORD PTR [rbx+0x8]");
    }

    @Test
    void theTerminalShouldBeRestoredWhenTheTimeIsUp() throws Exception {
        start("run", "echo", "--timeout", "3");
        awaitScreen("> ");
        awaitRaw();
        assertEndsRestored(124);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
    void theTerminalShouldBeRestoredWhenASignalEndsTheMonitor(String signal, int status) throws Exception {
        start("run", "echo");
        awaitScreen("> ");
        awaitRaw();
        new ProcessBuilder("kill", "-" + signal, Long.toString(monitor().pid()))
                .start()
                .waitFor();
        assertEndsRestored(status);
    }

    @Test
    void theTerminalShouldBeRestoredWhenTheMonitorIsKilled() throws Exception {
        // It is somebody else who does it, a little later.
        then = "until [ \"$(stty -g)\" = \"$(cat before)\" ]; do sleep 0.1; done\n";
        start("run", "echo");
        awaitScreen("> ");
        awaitRaw();
        monitor().destroyForcibly();
        assertEndsRestored(137);
    }

    @Test
    void noColourShouldBeUsedWhereTheUserWantsNone() throws Exception {
        environment.put("NO_COLOR", "1");
        start("run", "hello");
        assertEndsRestored(0);
        assertThat(screen())
                .contains("Hello from a guest written in Java!\r\nhello exited with status 0")
                .doesNotContain("\u001b");
    }
}
