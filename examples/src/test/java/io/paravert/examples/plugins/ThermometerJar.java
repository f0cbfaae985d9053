package io.paravert.examples.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** The thermometer's jar, as {@code mvn package} in its folder makes it, or with another zero. */
final class ThermometerJar {
    private static final Path PROJECT = Path.of("plugins/thermometer/src/main");
    private static final String ZERO = "273_150";

    private ThermometerJar() {}

    /**
     * Compiles and packs it; the jar appears as a whole.
     *
     * @param zero what it takes for 0 degrees Celsius, in thousandths of a Kelvin
     */
    static Path make(Path folder, String name, int zero) throws IOException {
        Path work = Files.createTempDirectory(folder, "thermometer");
        String source = Files.readString(PROJECT.resolve("java/thermometer/Thermometer.java"));
        assertThat(source).contains(ZERO);
        Path file = Files.createDirectories(work.resolve("source")).resolve("Thermometer.java");
        Files.writeString(file, source.replace(ZERO, Integer.toString(zero)));
        compile(file, Files.createDirectories(work.resolve("classes")));
        Path jar = work.resolve("new.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path root : List.of(work.resolve("classes"), PROJECT.resolve("resources"))) {
                add(entries, root);
            }
        }
        return Files.move(
                jar, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void add(JarOutputStream entries, Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
                entries.putNextEntry(new JarEntry(root.relativize(path).toString()));
                entries.write(Files.readAllBytes(path));
                entries.closeEntry();
            }
        }
    }

    private static void compile(Path file, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none", "-d", classes.toString(), "-classpath", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            messages, manager, null, options, null, manager.getJavaFileObjects(file))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }
}
