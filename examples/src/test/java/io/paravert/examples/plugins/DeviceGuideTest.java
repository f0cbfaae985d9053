package io.paravert.examples.plugins;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.device.Device;
import io.paravert.guest.GuestSource;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;
import io.paravert.vmm.plugins.Plugins;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds what docs/device-guide.md shows, word for word, and uses it. */
class DeviceGuideTest {
    private static final Path GUIDE = Path.of("../docs/device-guide.md");
    private static final Path PROJECT = Path.of("plugins/thermometer");
    private static final Pattern FILE =
            Pattern.compile("^`([^`]+)`:\n\n```\\w+\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("^(?!\\s*($|//|/?\\*|import |package ))", Pattern.MULTILINE);

    @TempDir
    Path folder;

    private static Map<String, String> files() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        Matcher matcher = FILE.matcher(Files.readString(GUIDE));
        while (matcher.find()) {
            files.put(matcher.group(1), matcher.group(2));
        }
        return files;
    }

    @Test
    void theGuideAndTheExampleProjectShouldBeTheSameFileForFile() throws IOException {
        Map<String, String> inProject = new LinkedHashMap<>();
        try (Stream<Path> walk = Files.walk(PROJECT)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                inProject.put(PROJECT.relativize(path).toString(), Files.readString(path));
            }
        }
        inProject.keySet().removeIf(name -> name.equals("README.md") || name.startsWith("target"));
        assertThat(files()).containsExactlyInAnyOrderEntriesOf(inProject);
    }

    @Test
    void thePluginShouldTakeLessThanAHundredLinesOfCode() throws IOException {
        String device = files().get("src/main/java/thermometer/Thermometer.java");
        assertThat(CODE.matcher(device).results().count()).isBetween(30L, 99L);
    }

    /** Writes the files of the guide and compiles those below a folder; returns where the classes are. */
    private Path compile(String below, String more) throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes-" + below.replace('/', '-')));
        List<Path> sources = new ArrayList<>();
        for (Map.Entry<String, String> file : files().entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
            if (file.getKey().startsWith(below) && file.getKey().endsWith(".java")) {
                sources.add(path);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        String classPath = System.getProperty("java.class.path") + more;
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            messages,
                            manager,
                            null,
                            List.of(
                                    "-proc:none",
                                    "-Xlint:all,-classfile,-options",
                                    "-d",
                                    classes.toString(),
                                    "-classpath",
                                    classPath),
                            null,
                            manager.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(messages.toString()).isEmpty();
            assertThat(compiled).isTrue();
        }
        return classes;
    }

    private Path jar() throws IOException {
        Path classes = compile("src/main/java", "");
        Path resources = folder.resolve("src/main/resources");
        Path jar = folder.resolve("thermometer-1.0.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path root : List.of(classes, resources)) {
                try (Stream<Path> walk = Files.walk(root)) {
                    for (Path path : walk.filter(Files::isRegularFile).toList()) {
                        entries.putNextEntry(new JarEntry(root.relativize(path).toString()));
                        entries.write(Files.readAllBytes(path));
                        entries.closeEntry();
                    }
                }
            }
        }
        return jar;
    }

    private URLClassLoader tests(Path jar) throws IOException {
        Path classes = compile("src/test/java", java.io.File.pathSeparator + jar);
        return new URLClassLoader(
                new URL[] {classes.toUri().toURL(), jar.toUri().toURL()},
                getClass().getClassLoader());
    }

    @Test
    void theTestOfTheGuideShouldPass() throws Exception {
        try (URLClassLoader loader = tests(jar())) {
            Class<?> type = loader.loadClass("thermometer.ThermometerTest");
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            Object test = constructor.newInstance();
            int run = 0;
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    method.setAccessible(true);
                    method.invoke(test);
                    run++;
                }
            }
            assertThat(run).isPositive();
        }
    }

    @GuestTest
    void aGuestShouldReadTheThermometerAndHearOfTheHeat(GuestHost host) throws Exception {
        Path jar = jar();
        Path file = Files.writeString(folder.resolve("temperature"), "21000\n");
        try (URLClassLoader loader = tests(jar);
                Plugins plugins = new Plugins()) {
            GuestSource source = (GuestSource) loader.loadClass("thermometer.ThermometerGuest")
                    .getDeclaredConstructor()
                    .newInstance();
            plugins.load(jar);
            Device device = plugins.catalog().create("thermometer,file=" + file + ",above=30000,every=5");
            try (RunningGuest guest = host.start(source.program(), config -> config.device("heat0", device))) {
                guest.awaitConsole("It is 294150 mK");
                // Replaced at once, so that no look finds it half written.
                Files.move(
                        Files.writeString(folder.resolve("hotter"), "31000\n"),
                        file,
                        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                assertThat(guest.await()).hasExited(0).hasPrinted("It is 294150 mK\nAlarm at 304150 mK\n");
            }
        }
    }
}
