package io.paravert.abi.generator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes everything that follows from paravert-abi.json. Arguments: the source, the root of generated Java, the root of
 * generated resources. A file whose content has not changed is left alone, so that incremental builds stay so.
 */
public final class GenerateAbi {
    private static final String PACKAGE = "io/paravert/abi";

    private GenerateAbi() {}

    public static void main(String[] args) throws IOException {
        String source = Files.readString(Path.of(args[0]));
        Abi abi;
        try {
            abi = new AbiReader().read(source);
        } catch (IllegalArgumentException e) {
            System.err.println(args[0] + ": " + e.getMessage());
            System.exit(1);
            return;
        }
        Path java = Path.of(args[1]).resolve(PACKAGE);
        for (Map.Entry<String, String> c : JavaWriter.write(abi).entrySet()) {
            write(java.resolve(c.getKey() + ".java"), c.getValue());
        }
        Map<String, String> documents = new LinkedHashMap<>();
        documents.put("paravert-abi.json", source);
        documents.put("paravert.h", CWriter.write(abi));
        documents.put("paravert.inc", AsmWriter.write(abi));
        documents.put("abi.md", MarkdownWriter.write(abi));
        documents.put("abi.list", ListingWriter.write(abi));
        Path resources = Path.of(args[2]).resolve(PACKAGE);
        for (Map.Entry<String, String> d : documents.entrySet()) {
            write(resources.resolve(d.getKey()), d.getValue());
        }
    }

    private static void write(Path file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (Files.exists(file) && java.util.Arrays.equals(Files.readAllBytes(file), bytes)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
