package io.paravert.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.BootMagic;
import io.paravert.abi.CpuidLeaf;
import io.paravert.abi.Gpa;
import io.paravert.abi.Port;
import io.paravert.abi.Pvh;
import io.paravert.abi.RingMagic;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No number of the ABI is typed twice: those that cannot be taken for anything else stand in its one source alone. */
class AbiNumbersTest {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();

    private static final Map<Long, String> NUMBERS = Map.ofEntries(
            Map.entry((long) Port.CALL, "Port.CALL"),
            Map.entry((long) Port.RING_DOORBELL, "Port.RING_DOORBELL"),
            Map.entry((long) Port.FAST, "Port.FAST"),
            Map.entry((long) Port.DEBUG_CONSOLE, "Port.DEBUG_CONSOLE"),
            Map.entry(BootMagic.MAGIC, "BootMagic.MAGIC"),
            Map.entry((long) RingMagic.MAGIC & 0xffff_ffffL, "RingMagic.MAGIC"),
            Map.entry((long) Pvh.MAGIC & 0xffff_ffffL, "Pvh.MAGIC"),
            Map.entry((long) CpuidLeaf.BASE_LAST, "CpuidLeaf.BASE_LAST"),
            Map.entry((long) CpuidLeaf.SIGNATURE_EBX, "CpuidLeaf.SIGNATURE_EBX"),
            Map.entry((long) CpuidLeaf.SIGNATURE_ECX, "CpuidLeaf.SIGNATURE_ECX"),
            Map.entry((long) CpuidLeaf.SIGNATURE_EDX, "CpuidLeaf.SIGNATURE_EDX"),
            Map.entry(Gpa.DOORBELL, "Gpa.DOORBELL"),
            Map.entry(Gpa.DEVICE_WINDOW, "Gpa.DEVICE_WINDOW"));

    private static final Pattern NUMBER = Pattern.compile("\\b(0[xX][0-9a-fA-F_]+|[0-9][0-9_]*)(?:[uUlL]*)\\b");
    private static final Pattern COMMENT = Pattern.compile("\\s*(//|/?\\*|#\\s).*");

    @Test
    void noNumberOfTheAbiShouldBeTypedOutsideItsSource() throws IOException {
        List<String> typed = new ArrayList<>();
        int files = 0;
        for (Path file : sources()) {
            files++;
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (COMMENT.matcher(line).matches()) {
                    continue;
                }
                if (line.contains(CpuidLeaf.SIGNATURE_TEXT)) {
                    typed.add(TOP.relativize(file) + ":" + (i + 1) + " has the signature: " + line.strip());
                }
                Matcher numbers = NUMBER.matcher(line);
                while (numbers.find()) {
                    String name = NUMBERS.get(value(numbers.group(1)));
                    if (name != null) {
                        typed.add(TOP.relativize(file) + ":" + (i + 1) + " has " + name + ": " + line.strip());
                    }
                }
            }
        }
        assertThat(files).as("sources that were looked at").isGreaterThan(300);
        assertThat(typed).isEmpty();
    }

    private static Long value(String text) {
        try {
            String digits = text.replace("_", "");
            return digits.startsWith("0x") || digits.startsWith("0X")
                    ? Long.parseUnsignedLong(digits.substring(2), 16)
                    : Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return -1L; // Longer than any number of the ABI.
        }
    }

    /** What is written by hand, tests left out: those may say what they expect. */
    private static List<Path> sources() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(TOP, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skipped = !folder.equals(TOP)
                        && (name.startsWith(".")
                                || List.of("target", "test", "pv-abi", "docs").contains(name));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().matches(".*\\.(java|c|h|S|lds|sh)")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
