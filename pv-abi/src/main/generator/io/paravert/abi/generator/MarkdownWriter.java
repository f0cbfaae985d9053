package io.paravert.abi.generator;

import io.paravert.abi.generator.Abi.Call;
import io.paravert.abi.generator.Abi.Chapter;
import io.paravert.abi.generator.Abi.Constant;
import io.paravert.abi.generator.Abi.Field;
import io.paravert.abi.generator.Abi.Group;
import io.paravert.abi.generator.Abi.Layout;
import io.paravert.abi.generator.Abi.Stub;
import java.util.HexFormat;
import java.util.List;

/** The reference page. */
final class MarkdownWriter {
    private static final List<String> REGISTERS = List.of("RDI", "RSI", "RDX", "R10", "R8", "R9");

    private MarkdownWriter() {}

    static String write(Abi abi) {
        StringBuilder out = new StringBuilder("<!-- Generated from paravert-abi.json; do not edit. -->\n\n");
        out.append("# %s\n\nVersion %d.%d.\n".formatted(abi.title(), abi.major(), abi.minor()));
        out.append("The C names stand in `paravert.h` and `paravert.inc`, the Java classes in `io.paravert.abi`.\n");
        for (Chapter chapter : abi.chapters()) {
            out.append("\n## %s\n".formatted(chapter.title()));
            chapter.text().forEach(t -> out.append("\n").append(t).append("\n"));
            chapter.groups().forEach(g -> group(out, g));
            stubs(out, chapter.stubs());
            chapter.calls().forEach(c -> call(out, c));
            chapter.layouts().forEach(l -> layout(out, l));
        }
        return out.toString();
    }

    private static void group(StringBuilder out, Group group) {
        out.append("\n### %s: `%s_*`\n\n%s\n\n".formatted(group.java(), group.c(), group.doc()));
        out.append(group.bits() ? "| name | bit | meaning |\n" : "| name | value | meaning |\n")
                .append("|---|---|---|\n");
        for (Constant c : group.constants()) {
            String value = group.bits() ? String.valueOf(Long.numberOfTrailingZeros(c.value())) : c.written();
            out.append("| `%s` | %s | %s |\n"
                    .formatted(c.name(), c.isText() ? "`" + c.text() + "`" : value, cell(c.doc(), c.since())));
        }
    }

    private static void stubs(StringBuilder out, List<Stub> stubs) {
        if (stubs.isEmpty()) {
            return;
        }
        out.append("\n| transport | generic stub | bytes |\n|---|---|---|\n");
        for (Stub stub : stubs) {
            out.append("| %s | `%s` | `%s` |\n"
                    .formatted(
                            stub.transport(),
                            stub.asm(),
                            HexFormat.ofDelimiter(" ").formatHex(stub.code())));
        }
    }

    private static void call(StringBuilder out, Call call) {
        out.append("\n### 0x%02x %s\n\n%s\n\n".formatted(call.number(), call.name(), cell(call.doc(), call.since())));
        if (!call.arguments().isEmpty()) {
            out.append("| register | argument | meaning |\n|---|---|---|\n");
            for (int i = 0; i < call.arguments().size(); i++) {
                Abi.Argument a = call.arguments().get(i);
                out.append("| %s | `%s` | %s |\n".formatted(REGISTERS.get(i), a.name(), a.doc()));
            }
            out.append('\n');
        }
        out.append("Result: %s.".formatted(call.result()));
        if (!call.errors().isEmpty()) {
            out.append(" Errors: `-%s`.".formatted(String.join("`, `-", call.errors())));
        }
        out.append(call.feature().isEmpty() ? " Always there.\n" : " Feature: %s.\n".formatted(call.feature()));
    }

    private static void layout(StringBuilder out, Layout layout) {
        out.append("\n### %s: `struct %s`, %d bytes\n\n%s\n\n"
                .formatted(layout.java(), layout.c(), layout.size(), cell(layout.doc(), layout.since())));
        out.append("| offset | type | field | meaning |\n|---|---|---|---|\n");
        for (Field f : layout.fields()) {
            String type = f.type() + (f.count() == 1 ? "" : "[" + f.count() + "]");
            out.append("| 0x%03x | %s | `%s` | %s |\n".formatted(f.offset(), type, f.name(), cell(f.doc(), f.since())));
        }
    }

    private static String cell(String doc, String since) {
        String text = doc.replace("|", "\\|");
        return since.equals("1.0") ? text : text + " (since " + since + ")";
    }
}
