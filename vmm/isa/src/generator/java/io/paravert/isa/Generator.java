package io.paravert.isa;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Turns the instruction table into Java: {@code Generator TABLE-DIRECTORY OUTPUT-DIRECTORY}. */
final class Generator {
    private final List<Form> forms;
    private final List<String> mnemonics;
    private final Path out;

    private Generator(List<Form> forms, Path out) {
        this.forms = forms;
        this.out = out;
        this.mnemonics =
                List.copyOf(new TreeSet<>(forms.stream().map(f -> f.mnemonic).toList()));
    }

    public static void main(String[] args) throws IOException {
        try {
            run(Path.of(args[0]), Path.of(args[1]));
        } catch (TableException e) {
            System.err.println("instruction table: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void run(Path tables, Path out) throws IOException {
        TableParser parser = new TableParser();
        try (Stream<Path> files = Files.list(tables)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".isa")).sorted().toList()) {
                parser.read(file);
            }
        }
        Path directory = out.resolve("io/paravert/isa");
        Generator generator = new Generator(parser.forms, directory);
        generator.writeMnemonics();
        generator.writeDecoderData();
        generator.writeEncoderData();
        generator.writeSyntax();
        new AssemblerWriter(parser.forms, parser.aliases).write(directory.resolve("asm/Instructions.java"));
        System.out.println("instruction table: " + parser.forms.size() + " forms of " + generator.mnemonics.size()
                + " instructions");
    }

    private void writeMnemonics() throws IOException {
        JavaText java = new JavaText("io.paravert.isa");
        java.line("import java.util.Locale;").line("");
        java.line("/** The instructions' names, in alphabetical order. */");
        java.line("public enum Mnemonic {");
        for (int i = 0; i < mnemonics.size(); i++) {
            String name = mnemonics.get(i);
            java.line("    /** " + name + ". */");
            java.line("    " + name + (i == mnemonics.size() - 1 ? ";" : ","));
        }
        java.line("");
        java.line("    private static final Mnemonic[] VALUES = values();");
        java.line("");
        java.line("    /** The name as Intel syntax writes it, in lower case. */");
        java.line("    public String text() {");
        java.line("        String text = name().toLowerCase(Locale.ROOT);");
        java.line("        return text.endsWith(\"_far\") ? text.substring(0, text.length() - 4) : text;");
        java.line("    }");
        java.line("");
        java.line("    static Mnemonic of(int index) {");
        java.line("        return VALUES[index];");
        java.line("    }");
        java.line("}");
        java.write(out.resolve("Mnemonic.java"));
    }

    private void writeDecoderData() throws IOException {
        JavaText java = new JavaText("io.paravert.isa");
        java.line("/** The decoder's tables, packed. */");
        java.line("final class DecoderData {");
        java.line("    private DecoderData() {}").line("");
        java.line("    static final int FORMS = " + forms.size() + ";").line("");
        writeTree(java);
        writeForms(java);
        java.line("}");
        java.write(out.resolve("DecoderData.java"));
    }

    private void writeTree(JavaText java) {
        DecisionTree tree = new DecisionTree(forms);
        Packed roots = new Packed();
        Packed modrm = new Packed();
        for (int i = 0; i < tree.roots.length; i++) {
            roots.u16(tree.roots[i]);
            modrm.u8(tree.modrm[i] ? 1 : 0);
        }
        Packed nodes = new Packed();
        tree.nodes().chars().forEach(nodes::u16);
        java.bytes("roots", roots.bytes());
        java.bytes("modrm", modrm.bytes());
        java.bytes("nodes", nodes.bytes());
    }

    private void writeForms(JavaText java) {
        Packed flags = new Packed();
        Packed names = new Packed();
        Packed styles = new Packed();
        Index<Integer> specs = new Index<>();
        Packed operands = new Packed();
        Index<String> features = new Index<>();
        Packed featureIds = new Packed();
        Index<Long> implied = new Index<>();
        Packed impliedIds = new Packed();
        for (Form form : forms) {
            flags.i32(form.flags);
            names.u16(mnemonics.indexOf(form.mnemonic));
            styles.u8(form.nameStyle);
            for (int i = 0; i < Layout.MAX_OPERANDS; i++) {
                operands.u8(specs.of(i < form.operands.length ? form.operands[i] : 0));
            }
            featureIds.u8(features.of(form.feature));
            impliedIds.u8(implied.of(form.implied));
        }
        java.bytes("flags", flags.bytes());
        java.bytes("mnemonics", names.bytes());
        java.bytes("nameStyles", styles.bytes());
        java.bytes("operandIds", operands.bytes());
        Packed specBytes = new Packed();
        specs.keys().forEach(specBytes::i32);
        java.bytes("operandSpecs", specBytes.bytes());
        java.bytes("impliedIds", impliedIds.bytes());
        Packed impliedBytes = new Packed();
        implied.keys().forEach(impliedBytes::i64);
        java.bytes("implied", impliedBytes.bytes());
        java.bytes("featureIds", featureIds.bytes());
        java.line("    static Feature[] features() {");
        java.line("        return new Feature[] {");
        features.keys().forEach(f -> java.line("            Feature." + f + ","));
        java.line("        };").line("    }");
    }

    private void writeEncoderData() throws IOException {
        Packed encodings = new Packed();
        forms.forEach(form -> encodings.i32(form.encoding));
        Map<String, List<Integer>> byMnemonic = new LinkedHashMap<>();
        mnemonics.forEach(m -> byMnemonic.put(m, new ArrayList<>()));
        for (int i = 0; i < forms.size(); i++) {
            byMnemonic.get(forms.get(i).mnemonic).add(i);
        }
        Packed starts = new Packed();
        Packed lists = new Packed();
        int at = 0;
        for (List<Integer> list : byMnemonic.values()) {
            starts.u16(at);
            list.forEach(lists::u16);
            at += list.size();
        }
        starts.u16(at);
        JavaText java = new JavaText("io.paravert.isa");
        java.line("/** The encoder's tables, packed. */");
        java.line("final class EncoderData {");
        java.line("    private EncoderData() {}").line("");
        java.bytes("encodings", encodings.bytes());
        java.bytes("starts", starts.bytes());
        java.bytes("lists", lists.bytes());
        java.line("}");
        java.write(out.resolve("EncoderData.java"));
    }

    private void writeSyntax() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Form form : forms) {
            all.append(form.syntax.replaceAll("\\s+", " ").toLowerCase(Locale.ROOT))
                    .append('\n');
        }
        JavaText java = new JavaText("io.paravert.isa");
        java.line("/** The forms as the table writes them, for messages. */");
        java.line("final class SyntaxData {");
        java.line("    private SyntaxData() {}").line("");
        java.bytes("syntax", all.toString().getBytes(StandardCharsets.ISO_8859_1));
        java.line("}");
        java.write(out.resolve("SyntaxData.java"));
    }

    /** Distinct values in the order of their first use. */
    private static final class Index<T> {
        private final Map<T, Integer> ids = new LinkedHashMap<>();

        int of(T key) {
            return ids.computeIfAbsent(key, k -> ids.size());
        }

        Iterable<T> keys() {
            return ids.keySet();
        }
    }
}
