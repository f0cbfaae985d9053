package io.paravert.guest;

import io.paravert.abi.AbiDocuments;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Builds a guest written in C with the system's gcc or clang, from the kit that this jar carries: the same script, files and
 * flags as the command {@code guest-kit/pv-cc}. The compiled kit is kept in {@code $XDG_CACHE_HOME/paravert/c-kit} (or
 * {@code ~/.cache/...}), so that a later build compiles the guest's own files only.
 *
 * <p>Not thread-safe; each {@link #program} or {@link #build} uses a temporary directory of its own and leaves none behind.
 */
public final class CBuild {
    private static final String KIT = "/io/paravert/guest/c";
    private static final String SCRIPT = "build.sh";

    private final List<String> options = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private final List<Source> sources = new ArrayList<>();

    private record Source(String name, String text, boolean kernel, boolean user) {}

    /** Names the compiler: {@code gcc}, {@code clang}, or a path. Without it, {@code $CC}, else the first of the two. */
    public CBuild compiler(String name) {
        options.addAll(List.of("--cc", name));
        return this;
    }

    /** Compiles ring-0 sources with SSE. A guest that uses it does not run where ring 0 is emulated without SSE. */
    public CBuild sse() {
        options.add("--sse");
        return this;
    }

    /** Gives flags to the compiler for the guest's own files, such as {@code -DROUNDS=3}. */
    public CBuild flags(String... more) {
        flags.addAll(List.of(more));
        return this;
    }

    /**
     * Adds a source or header file beside a class: on its class path, in the folder of its package.
     *
     * @throws IllegalArgumentException if there is no such resource
     */
    public CBuild resource(Class<?> anchor, String name) {
        return add(anchor, name, name.endsWith(".c"), false);
    }

    /** As {@link #resource}, for a file of the application that runs in ring 3. */
    public CBuild userResource(Class<?> anchor, String name) {
        return add(anchor, name, false, true);
    }

    /** Adds a source (name ending in {@code .c}) or header as text. */
    public CBuild source(String name, String text) {
        return add(new Source(name, text, name.endsWith(".c"), false));
    }

    /** As {@link #source}, for a file of the application that runs in ring 3. */
    public CBuild userSource(String name, String text) {
        return add(new Source(name, text, false, true));
    }

    private CBuild add(Class<?> anchor, String name, boolean kernel, boolean user) {
        try (InputStream in = anchor.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name + " beside " + anchor.getName());
            }
            return add(new Source(
                    name.substring(name.lastIndexOf('/') + 1),
                    new String(in.readAllBytes(), StandardCharsets.UTF_8),
                    kernel,
                    user));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }

    private CBuild add(Source source) {
        if (!source.name().matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
            throw new IllegalArgumentException("not a plain file name: " + source.name());
        }
        sources.add(source);
        return this;
    }

    /**
     * Builds the guest.
     *
     * @param name for messages
     * @throws GuestProgramException if there is no compiler, or the sources do not compile or link; its message is what the
     *     compiler says, ending in one line of the kit's
     */
    public GuestProgram program(String name) {
        return ElfReader.read(name, build(name));
    }

    /**
     * Builds the guest as an ELF64 file, with the Paravert note and the PVH note.
     *
     * @param name for messages
     * @throws GuestProgramException as {@link #program}
     */
    public byte[] build(String name) {
        try {
            Path work = Files.createTempDirectory("paravert-c");
            try {
                return build(name, work);
            } finally {
                delete(work);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot build " + name, e);
        }
    }

    private byte[] build(String name, Path work) throws IOException {
        Path kit = Files.createDirectory(work.resolve("kit"));
        unpackKit(kit);
        Path abi = Files.createDirectory(work.resolve("abi"));
        for (AbiDocuments.Format format : List.of(AbiDocuments.Format.C, AbiDocuments.Format.ASM)) {
            Files.writeString(abi.resolve(format.file()), AbiDocuments.text(format));
        }
        Path folder = Files.createDirectory(work.resolve("src"));
        Path elf = work.resolve("guest.elf");
        List<String> command = new ArrayList<>(List.of("sh", kit.resolve(SCRIPT).toString(), "-o", elf.toString()));
        command.addAll(options);
        for (Source source : sources) {
            Files.writeString(folder.resolve(source.name()), source.text());
            if (source.user()) {
                command.add("--user");
            }
            if (source.user() || source.kernel()) {
                command.add(source.name());
            }
        }
        command.add("--");
        command.addAll(flags);
        run(name, command, folder, abi);
        return Files.readAllBytes(elf);
    }

    private static void run(String name, List<String> command, Path folder, Path abi) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("PV_ABI", abi.toString());
        environment.put("PV_CACHE", cache().toString());
        Process process;
        try {
            process = builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new GuestProgramException("%s: cannot start sh, which the C kit needs: %s", name, e);
        }
        process.getOutputStream().close();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new GuestProgramException("%s: %s", name, output.strip());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new GuestProgramException("%s: interrupted while its compiler ran", name);
        }
    }

    private static Path cache() {
        @Nullable String home = System.getenv("XDG_CACHE_HOME");
        Path base = home == null || home.isEmpty()
                ? Path.of(System.getProperty("user.home", "."), ".cache")
                : Path.of(home);
        return base.resolve("paravert").resolve("c-kit");
    }

    /** The kit's files, from a directory of classes or from the jar. */
    private static void unpackKit(Path to) throws IOException {
        URL script = CBuild.class.getResource(KIT + "/" + SCRIPT);
        if (script == null) {
            throw new IOException("the C kit is not in this jar");
        }
        try {
            URI uri = script.toURI();
            if (!"jar".equals(uri.getScheme())) {
                copy(Path.of(uri).resolveSibling(""), to);
                return;
            }
            String spec = uri.toString();
            URI jar = URI.create(spec.substring("jar:".length(), spec.indexOf("!/")));
            try (FileSystem files = FileSystems.newFileSystem(Path.of(jar))) {
                copy(files.getPath(KIT), to);
            }
        } catch (URISyntaxException e) {
            throw new IOException("cannot read the C kit from " + script, e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(from)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path copy = to.resolve(from.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.write(copy, Files.readAllBytes(file));
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
