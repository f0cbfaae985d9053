package io.paravert.isa;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** GNU as, the other opinion about how instructions are encoded. */
final class GnuAssembler {
    /** Each line's code starts at a multiple of this. */
    static final int SLOT = 32;

    private GnuAssembler() {}

    static boolean isInstalled() {
        try {
            return run("as", "--version").isEmpty()
                    && run("objcopy", "--version").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /** Assembles lines of Intel syntax; slot n holds line n, filled up with INT3. */
    static byte[] assemble(List<String> lines, CodeSize size) throws IOException {
        Path directory = Files.createTempDirectory("isa");
        Path source = directory.resolve("t.s");
        Path object = directory.resolve("t.o");
        Path binary = directory.resolve("t.bin");
        try {
            StringBuilder text = new StringBuilder(".intel_syntax noprefix\n.code" + size.bits() + "\n");
            for (String line : lines) {
                text.append(line).append("\n.balign ").append(SLOT).append(", 0xcc\n");
            }
            Files.writeString(source, text);
            String errors = run("as", "--64", "-o", object.toString(), source.toString());
            errors += run("objcopy", "-O", "binary", "-j", ".text", object.toString(), binary.toString());
            if (!errors.isEmpty()) {
                throw new IOException(errors);
            }
            return Files.readAllBytes(binary);
        } finally {
            for (Path file : List.of(source, object, binary, directory)) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** What the command says when it fails, else an empty string. */
    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            return process.waitFor() == 0 ? "" : output;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
