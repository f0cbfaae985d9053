package io.paravert.vmm.plugins;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Makes a plugin from source, as its author's build would. */
final class PluginJar {
    private PluginJar() {}

    /**
     * A plugin whose one class {@code sensor.Factory} serves hypercall {@code PLUGIN_FIRST} with {@code answer}; its parts
     * can be replaced by faults.
     */
    static String source(String type, String answer, String constructor, String create) {
        return """
                package sensor;
                import io.paravert.abi.CallRange;
                import io.paravert.device.*;
                import io.vertx.core.Future;
                public final class Factory implements DeviceFactory<Factory.Settings> {
                    public record Settings(int offset) {}
                    %s
                    public String type() { return "%s"; }
                    public String summary() { return "a test"; }
                    public Class<Settings> configuration() { return Settings.class; }
                    public Device create(Settings s) {
                        %s
                    }
                    static Device device(Settings s) {
                        return site -> site.claimHypercalls(CallRange.PLUGIN_FIRST, 1, Delivery.CALL,
                            call -> Future.succeededFuture(%s));
                    }
                }
                """.formatted(constructor, type, create, answer);
    }

    static String source(String type, String answer) {
        return source(type, answer, "", "return device(s);");
    }

    /** Compiles and packs it. */
    static Path make(Path folder, String name, String source) throws IOException {
        Path work = Files.createTempDirectory(folder, name);
        Path file = Files.createDirectories(work.resolve("sensor")).resolve("Factory.java");
        Files.writeString(file, source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        boolean compiled;
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-proc:none", "-classpath", System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
        }
        if (!compiled) {
            throw new AssertionError("the plugin does not compile: " + messages);
        }
        Files.createDirectories(work.resolve("META-INF/services"));
        Files.writeString(work.resolve("META-INF/services/io.paravert.device.DeviceFactory"), "sensor.Factory\n");
        return pack(work, folder.resolve(name + ".jar"));
    }

    static Path pack(Path work, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> walk = Files.walk(work)) {
            for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
                entries.putNextEntry(new JarEntry(work.relativize(path).toString()));
                entries.write(Files.readAllBytes(path));
                entries.closeEntry();
            }
        }
        return jar;
    }
}
