package io.paravert.isa;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** GNU objdump, the other opinion about what bytes mean. */
final class Objdump {
    /** One line of its listing. */
    record Line(int offset, int length, String text) {}

    private Objdump() {}

    static boolean isInstalled() {
        try {
            Process process = new ProcessBuilder("objdump", "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Line> disassemble(byte[] blob, CodeSize size) throws IOException {
        Path file = Files.createTempFile("isa", ".bin");
        try {
            Files.write(file, blob);
            String machine = switch (size) {
                case CODE16 -> "i8086";
                case CODE32 -> "i386";
                case CODE64 -> "i386:x86-64";
            };
            Process process = new ProcessBuilder(
                            "objdump",
                            "-D",
                            "-z",
                            "-w",
                            "--no-show-raw-insn",
                            "-b",
                            "binary",
                            "-m",
                            machine,
                            "-M",
                            "intel",
                            file.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines = process.inputReader(StandardCharsets.ISO_8859_1)) {
                return parse(lines, blob.length);
            }
        } finally {
            Files.delete(file);
        }
    }

    private static List<Line> parse(BufferedReader lines, int size) throws IOException {
        List<Line> out = new ArrayList<>();
        int offset = -1;
        String text = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int colon = line.indexOf(":\t");
            if (colon < 0 || line.charAt(0) != ' ') {
                continue;
            }
            int next = Integer.parseInt(line.substring(0, colon).strip(), 16);
            if (offset >= 0) {
                out.add(new Line(offset, next - offset, text));
            }
            offset = next;
            text = line.substring(colon + 2).stripTrailing();
        }
        out.add(new Line(offset, size - offset, text));
        return out;
    }
}
