package io.paravert.abi.generator;

import io.paravert.abi.generator.Abi.Call;
import io.paravert.abi.generator.Abi.Constant;
import io.paravert.abi.generator.Abi.Field;
import io.paravert.abi.generator.Abi.Group;
import io.paravert.abi.generator.Abi.Layout;
import io.paravert.abi.generator.Abi.Stub;
import java.util.HexFormat;

/**
 * One line for each number of the ABI: what a golden copy keeps. Columns: kind, Java class, name, C name, value, and the
 * version that brought it.
 */
final class ListingWriter {
    private ListingWriter() {}

    static String write(Abi abi) {
        StringBuilder out = new StringBuilder();
        for (Group g : abi.groups()) {
            for (Constant c : g.constants()) {
                String value = c.isText() ? '"' + c.text() + '"' : String.valueOf(c.value());
                line(
                        out,
                        c.isText() ? "text" : "constant",
                        g.java(),
                        c.name(),
                        g.c() + "_" + c.name(),
                        value,
                        c.since());
            }
        }
        for (Call c : abi.calls()) {
            line(out, "call", "Hypercall", c.name(), "PV_CALL_" + c.name(), String.valueOf(c.number()), c.since());
            String count = String.valueOf(c.arguments().size());
            line(out, "arguments", "Hypercall", c.name(), "PV_CALL_" + c.name(), count, c.since());
        }
        for (Stub s : abi.stubs()) {
            line(
                    out,
                    "stub",
                    "HypercallStub",
                    s.transport(),
                    "-",
                    HexFormat.of().formatHex(s.code()),
                    "1.0");
        }
        abi.layouts().forEach(l -> layout(out, l));
        return out.toString();
    }

    private static void layout(StringBuilder out, Layout l) {
        String java = l.java() + "Layout";
        String prefix = Abi.upper(l.c());
        line(out, "size", java, "SIZE", prefix + "_SIZE", String.valueOf(l.size()), l.since());
        for (Field f : l.fields()) {
            if (f.isReserved()) {
                continue;
            }
            String name = Abi.upper(f.name()) + "_OFFSET";
            line(out, "offset", java, name, prefix + "_" + name, String.valueOf(f.offset()), f.since());
            String type = f.type() + "[" + f.count() + "]";
            line(out, "type", java, f.name(), l.c() + "." + f.name(), type, f.since());
        }
    }

    private static void line(StringBuilder out, String... columns) {
        out.append(String.join(" ", columns)).append('\n');
    }
}
