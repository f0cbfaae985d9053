package io.paravert.isa;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes the assembler's methods: one for each mnemonic and each shape of its operands. */
final class AssemblerWriter {
    private static final Set<String> TAKEN = Set.of("int", "wait", "notify", "default", "byte", "short", "long");
    private static final String NAMES = "abcd";

    /** Methods by signature. */
    private final Map<String, String> methods = new TreeMap<>();

    AssemblerWriter(List<Form> forms, List<TableParser.Alias> aliases) {
        Map<String, Set<String>> byMnemonic = new TreeMap<>();
        for (Form form : forms) {
            Set<String> set = byMnemonic.computeIfAbsent(form.mnemonic, m -> new TreeSet<>());
            StringBuilder shape = new StringBuilder();
            for (int op : form.operands) {
                shape.append(isNumber(Layout.opLocation(op)) ? 'i' : 'o');
            }
            set.add(shape.toString());
            set.add("o".repeat(form.operands.length));
        }
        byMnemonic.forEach((mnemonic, set) -> set.forEach(shape -> add(mnemonic, mnemonic, "", shape)));
        for (TableParser.Alias alias : aliases) {
            if (!byMnemonic.containsKey(alias.mnemonic())) {
                throw new TableException("table", "alias " + alias.name() + " of no instruction");
            }
            if (alias.size().isEmpty()) {
                byMnemonic.get(alias.mnemonic()).forEach(shape -> add(alias.name(), alias.mnemonic(), "", shape));
            } else {
                add(
                        alias.name(),
                        alias.mnemonic(),
                        "Encoder.SIZE_" + alias.size().substring(1),
                        "");
            }
        }
    }

    private static boolean isNumber(int location) {
        return location == Layout.LOC_IMM1
                || location == Layout.LOC_IMM2
                || location == Layout.LOC_ONE
                || location == Layout.LOC_REL;
    }

    void write(Path file) throws IOException {
        JavaText java = new JavaText("io.paravert.isa.asm");
        java.line("import io.paravert.isa.Encoder;");
        java.line("import io.paravert.isa.Immediate;");
        java.line("import io.paravert.isa.Mnemonic;");
        java.line("import io.paravert.isa.Operand;");
        java.line("");
        java.line(
                "/** One method for each instruction; numbers may be given where the instruction takes a constant. */");
        java.line("public abstract sealed class Instructions permits Assembler {");
        java.line("    Instructions() {}").line("");
        java.line("    abstract void emit(Mnemonic mnemonic, Operand... operands);")
                .line("");
        java.line("    abstract void emit(Mnemonic mnemonic, int prefixes, Operand... operands);")
                .line("");
        methods.values().forEach(java::line);
        java.line("}");
        java.write(file);
    }

    private void add(String name, String mnemonic, String prefixes, String shape) {
        String lower = name.toLowerCase(Locale.ROOT);
        String method = TAKEN.contains(lower) ? lower + "_" : lower;
        StringBuilder parameters = new StringBuilder();
        StringBuilder arguments = new StringBuilder("Mnemonic." + mnemonic);
        arguments.append(prefixes.isEmpty() ? "" : ", " + prefixes);
        for (int i = 0; i < shape.length(); i++) {
            boolean number = shape.charAt(i) == 'i';
            char letter = NAMES.charAt(i);
            parameters
                    .append(i == 0 ? "" : ", ")
                    .append(number ? "long " : "Operand ")
                    .append(letter);
            arguments.append(", ").append(number ? "Immediate.of(" + letter + ")" : "" + letter);
        }
        String signature = method + "(" + parameters + ")";
        String text = "    /** " + name + ". */\n    public final void " + signature + " {\n        emit(" + arguments
                + ");\n    }\n";
        if (methods.putIfAbsent(signature, text) != null) {
            throw new TableException("table", "two instructions would be the method " + signature);
        }
    }
}
