package io.paravert.soft.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/** Debian's packages as {@code tools/boot-linux --prepare} has unpacked them. */
public record DebianFiles(Path kernel, Path busybox) {
    static Path cache() {
        String home = System.getenv("XDG_CACHE_HOME");
        Path base = home == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(home);
        return base.resolve("paravert-linux");
    }

    /** The newest kernel there; empty if kernel or busybox is missing. */
    public static Optional<DebianFiles> find() {
        Optional<Path> kernel = first("vmlinuz-");
        Optional<Path> busybox = first("busybox");
        return kernel.flatMap(k -> busybox.map(b -> new DebianFiles(k, b)));
    }

    /** A module of this kernel, as insmod takes it (newer kernels' are packed by xz); empty if it is part of the kernel. */
    Optional<byte[]> module(String name) throws IOException {
        Path modules = kernel.getParent().resolveSibling("lib").resolve("modules");
        Optional<Path> found;
        try (Stream<Path> files = Files.find(
                modules,
                10,
                (path, attributes) -> path.getFileName().toString().matches(Pattern.quote(name) + "\\.ko(\\.xz)?"))) {
            found = files.findFirst();
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream bytes = Files.newInputStream(found.get())) {
            boolean packed = found.get().toString().endsWith(".xz");
            return Optional.of(packed ? new XZInputStream(bytes).readAllBytes() : bytes.readAllBytes());
        }
    }

    private static Optional<Path> first(String prefix) {
        if (!Files.isDirectory(cache())) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.find(
                cache(),
                5,
                (path, attributes) -> attributes.isRegularFile()
                        && path.getFileName().toString().startsWith(prefix)
                        && path.getParent().getFileName().toString().matches("boot|bin"))) {
            return files.max(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + cache(), e);
        }
    }
}
