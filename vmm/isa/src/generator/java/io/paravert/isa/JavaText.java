package io.paravert.isa;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes Java source; bytes become string literals, because a class file has no better home for tables. */
final class JavaText {
    /** Literals are cut so that none exceeds the class file's 65,535 bytes in modified UTF-8. */
    private static final int CHUNK = 20_000;

    private final StringBuilder out = new StringBuilder();

    JavaText(String packageName) {
        line("// Made by the instruction table's generator from src/main/isa; do not edit.");
        line("package " + packageName + ";");
        line("");
    }

    JavaText line(String text) {
        out.append(text).append('\n');
        return this;
    }

    /** A method that returns these bytes as one character each. */
    void bytes(String name, byte[] bytes) {
        out.append("    static String ").append(name).append("() {\n        return ");
        for (int from = 0; from == 0 || from < bytes.length; from += CHUNK) {
            out.append(from == 0 ? "\"" : ")\n                .concat(\"".substring(1));
            for (int i = from; i < Math.min(bytes.length, from + CHUNK); i++) {
                character(bytes[i] & 0xff);
            }
            out.append(from == 0 ? "\"" : "\")");
        }
        out.append(";\n    }\n\n");
    }

    private void character(int c) {
        if (c >= ' ' && c < 127 && c != '"' && c != '\\') {
            out.append((char) c);
        } else {
            out.append('\\').append(String.format("%03o", c));
        }
    }

    /** Writes the file if it differs from what is there, so that an unchanged table compiles nothing anew. */
    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] text = out.toString().getBytes(StandardCharsets.UTF_8);
        if (!Files.exists(file) || !java.util.Arrays.equals(Files.readAllBytes(file), text)) {
            Files.write(file, text);
        }
    }
}
