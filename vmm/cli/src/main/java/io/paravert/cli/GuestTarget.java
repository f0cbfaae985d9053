package io.paravert.cli;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestNeed;
import io.paravert.guest.GuestProgram;
import io.paravert.vmm.GuestLoader;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestFileException;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.boot.ImageLoader;
import io.paravert.vmm.devices.Spelling;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What {@code run} is to run.
 *
 * @param name for people
 * @param image makes the image; it throws what the guest's format throws
 * @param vcpus how many it wants when the user does not say
 * @param devices what it wants beside what the user gives
 * @param needs of the engine
 */
record GuestTarget(String name, Supplier<GuestImage> image, int vcpus, List<String> devices, Set<GuestNeed> needs) {

    /** The examples on the class path, by name. */
    static List<ExampleGuest> examples() {
        return ServiceLoader.load(ExampleGuest.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(ExampleGuest::name))
                .toList();
    }

    /**
     * An example's name, or a path: one that has a slash, or that no example is called.
     *
     * @throws GuestFileException if it is neither
     */
    static GuestTarget of(String guest) {
        Optional<ExampleGuest> example = guest.indexOf('/') >= 0 ? Optional.empty() : example(guest);
        return example.map(GuestTarget::of).orElseGet(() -> file(guest));
    }

    private static Optional<ExampleGuest> example(String name) {
        for (ExampleGuest example : ServiceLoader.load(ExampleGuest.class)) {
            if (example.name().equals(name)) {
                return Optional.of(example);
            }
        }
        return Optional.empty();
    }

    private static GuestTarget of(ExampleGuest example) {
        return new GuestTarget(
                example.name(), () -> image(example.program()), example.vcpus(), example.devices(), example.needs());
    }

    private static GuestTarget file(String guest) {
        Path path = path(guest);
        if (guest.indexOf('/') < 0 && !Files.exists(path)) {
            TreeSet<String> names = new TreeSet<>();
            examples().forEach(e -> names.add(e.name()));
            throw new GuestFileException("no guest '" + guest + "': neither an example"
                    + Spelling.nearest(guest, names)
                            .map(n -> " (did you mean '" + n + "'?)")
                            .orElse("")
                    + " nor a file here; 'paravert run --help' lists the examples");
        }
        return new GuestTarget(
                String.valueOf(path.getFileName()),
                () -> GuestImage.parse(GuestFile.open(path)),
                1,
                List.of(),
                Set.of());
    }

    /** A kernel with a board of its own: what is loaded is not an image of this framework. */
    static GuestTarget ofKernel(String name) {
        return new GuestTarget(
                name,
                () -> {
                    throw new IllegalStateException(name + " is loaded by its board");
                },
                1,
                List.of(),
                Set.of());
    }

    private static Path path(String guest) {
        try {
            return Path.of(guest);
        } catch (InvalidPathException e) {
            throw new GuestFileException("'" + guest.replace('\0', '?') + "' cannot be a file's name", e);
        }
    }

    private static GuestImage image(GuestProgram program) {
        EntryMode mode = switch (program.mode()) {
            case REAL -> EntryMode.REAL;
            case PROTECTED -> EntryMode.PROTECTED;
            case LONG -> EntryMode.LONG;
        };
        List<GuestImage.Piece> pieces = program.segments().stream()
                .map(s -> new GuestImage.Piece(s.gpa(), s.bytes(), s.memoryBytes()))
                .toList();
        return GuestImage.of(program.name(), pieces, program.entry(), mode);
    }

    /** Its name as a virtual machine may be called. */
    String machineName() {
        String plain = name.replaceAll("[^A-Za-z0-9.-]", "-");
        return plain.isEmpty() ? "guest" : plain.substring(0, Math.min(plain.length(), 40));
    }

    /** Loads an image of this target. */
    static GuestLoader loader(GuestImage image) {
        return new ImageLoader(image);
    }
}
