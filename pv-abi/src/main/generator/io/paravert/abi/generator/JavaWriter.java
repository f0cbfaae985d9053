package io.paravert.abi.generator;

import io.paravert.abi.generator.Abi.Call;
import io.paravert.abi.generator.Abi.Constant;
import io.paravert.abi.generator.Abi.Field;
import io.paravert.abi.generator.Abi.Group;
import io.paravert.abi.generator.Abi.Layout;
import io.paravert.abi.generator.Abi.Stub;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Java classes of package io.paravert.abi, by class name. */
final class JavaWriter {
    private JavaWriter() {}

    static Map<String, String> write(Abi abi) {
        Map<String, String> classes = new LinkedHashMap<>();
        abi.groups().forEach(g -> classes.put(g.java(), group(g)));
        abi.layouts().forEach(l -> classes.put(l.java() + "Layout", layout(l)));
        classes.put("Hypercall", calls(abi));
        classes.put("HypercallStub", stubs(abi));
        return classes;
    }

    private static StringBuilder begin(String name, String doc, String imports) {
        StringBuilder out = new StringBuilder("package io.paravert.abi;\n\n");
        out.append(imports);
        out.append("/** ").append(javadoc(doc)).append(" Generated from paravert-abi.json. */\n");
        out.append("public final class ").append(name).append(" {\n");
        out.append("    private ").append(name).append("() {}\n");
        return out;
    }

    private static String group(Group group) {
        StringBuilder out = begin(group.java(), group.doc(), "");
        for (Constant c : group.constants()) {
            out.append("\n    /** ").append(javadoc(c.doc())).append(" */\n");
            if (c.isText()) {
                out.append("    public static final String %s = \"%s\";\n".formatted(c.name(), c.text()));
            } else {
                String type = group.wide() ? "long" : "int";
                String suffix = group.wide() ? "L" : "";
                out.append("    public static final %s %s = %s%s;\n".formatted(type, c.name(), c.written(), suffix));
            }
        }
        boolean allText = group.constants().stream().allMatch(Constant::isText);
        if (!allText) {
            nameOf(out, group);
        }
        return out.append("}\n").toString();
    }

    private static void nameOf(StringBuilder out, Group group) {
        String type = group.wide() ? "long" : "int";
        out.append("\n    /**\n     * The name of a value, or its hexadecimal form when it has none")
                .append(" (the first name, where two have the value).\n     */\n")
                .append("    public static String nameOf(%s value) {\n".formatted(type));
        Set<Long> seen = new HashSet<>();
        for (Constant c : group.constants()) {
            if (!c.isText() && seen.add(c.value())) {
                out.append("        if (value == %s) {\n            return \"%s\";\n        }\n"
                        .formatted(c.name(), c.name()));
            }
        }
        String wrapper = group.wide() ? "Long" : "Integer";
        out.append("        return \"0x\" + %s.toHexString(value);\n    }\n".formatted(wrapper));
    }

    private static String calls(Abi abi) {
        StringBuilder out = begin(
                "Hypercall", "Numbers of the calls. Registers: RAX; RDI, RSI, RDX, R10, R8, R9; result in RAX.", "");
        Map<Long, Call> byNumber = new TreeMap<>();
        for (Call call : abi.calls()) {
            byNumber.put(call.number(), call);
            out.append("\n    /**\n     * ").append(javadoc(call.doc())).append("\n     *\n     * <p>Arguments: ");
            StringBuilder arguments = new StringBuilder();
            call.arguments()
                    .forEach(a -> arguments
                            .append(arguments.isEmpty() ? "" : "; ")
                            .append("`%s` (%s)".formatted(a.name(), a.doc())));
            out.append(arguments.isEmpty() ? "none" : javadoc(arguments.toString()));
            out.append(". Result: ").append(javadoc(call.result())).append(".\n     */\n");
            out.append("    public static final int %s = 0x%02x;\n".formatted(call.name(), call.number()));
        }
        switchMethod(
                out,
                byNumber,
                "String",
                "nameOf",
                "The name of a call, or its number in hexadecimal.",
                "\"%2$s\"",
                "\"0x\" + Integer.toHexString(number)");
        switchMethod(
                out,
                byNumber,
                "int",
                "argumentCount",
                "How many arguments a core call takes; 6 for a number that is not one.",
                "%3$d",
                "6");
        return out.append("}\n").toString();
    }

    private static void switchMethod(
            StringBuilder out,
            Map<Long, Call> calls,
            String type,
            String name,
            String doc,
            String value,
            String other) {
        out.append("\n    /** ").append(doc).append(" */\n");
        out.append("    public static %s %s(int number) {\n        return switch (number) {\n".formatted(type, name));
        calls.values()
                .forEach(c -> out.append("            case %1$s -> ".formatted(c.name()))
                        .append(value.formatted(0, c.name(), c.arguments().size()))
                        .append(";\n"));
        out.append("            default -> %s;\n        };\n    }\n".formatted(other));
    }

    private static String stubs(Abi abi) {
        StringBuilder out = begin("HypercallStub", "Code of the generic stub of the hypercall page.", "");
        out.append("\n    /**\n     * The generic stub of a transport, in a new array.\n     *\n")
                .append("     * @throws IllegalArgumentException when the transport cannot stand behind the page\n")
                .append(
                        "     */\n    public static byte[] code(int transport) {\n        return switch (transport) {\n");
        for (Stub stub : abi.stubs()) {
            StringBuilder bytes = new StringBuilder();
            for (byte b : stub.code()) {
                bytes.append(bytes.isEmpty() ? "" : ", ").append(b < 0 ? "(byte) " : "");
                bytes.append("0x%02x".formatted(b & 0xff));
            }
            out.append("            // %s\n".formatted(stub.asm()));
            out.append("            case Transport.%s -> new byte[] {%s};\n".formatted(stub.transport(), bytes));
        }
        out.append("            default -> throw new IllegalArgumentException(\"transport \" + ")
                .append("Transport.nameOf(transport) + \" has no stub\");\n        };\n    }\n}\n");
        return out.toString();
    }

    private static String layout(Layout layout) {
        boolean arrays = layout.fields().stream().anyMatch(f -> hasAccessor(f) && f.count() > 1);
        String imports = "import java.nio.ByteBuffer;\n" + (arrays ? "import java.util.Objects;\n\n" : "\n");
        StringBuilder out = begin(
                layout.java() + "Layout",
                layout.doc() + " Offsets and sizes are in bytes; the "
                        + "accessors read and write little-endian, whatever the buffer's order, without memory ordering.",
                imports);
        out.append("\n    /** Size of the structure. */\n    public static final int SIZE = %d;\n"
                .formatted(layout.size()));
        for (Field f : layout.fields()) {
            if (f.isReserved()) {
                continue;
            }
            String name = Abi.upper(f.name());
            out.append("\n    /** %s Type %s%s. */\n"
                    .formatted(javadoc(f.doc()), f.type(), f.count() == 1 ? "" : "[" + f.count() + "]"));
            out.append("    public static final int %s_OFFSET = %d;\n".formatted(name, f.offset()));
            if (f.count() > 1) {
                out.append("\n    /** Elements of {@code %s}. */\n".formatted(f.name()));
                out.append("    public static final int %s_COUNT = %d;\n".formatted(name, f.count()));
                out.append("\n    /** Bytes of an element of {@code %s}. */\n".formatted(f.name()));
                out.append("    public static final int %s_STRIDE = %d;\n".formatted(name, f.element()));
            }
            if (hasAccessor(f)) {
                accessors(out, f);
            }
        }
        return out.append("}\n").toString();
    }

    private static boolean hasAccessor(Field f) {
        return f.layout().isEmpty() && !f.isReserved();
    }

    private static void accessors(StringBuilder out, Field f) {
        String name = Abi.camel(f.name());
        String type = f.element() == 8 ? "long" : "int";
        String width = switch (f.element()) {
            case 1 -> "Byte";
            case 2 -> "Short";
            case 4 -> "Int";
            default -> "Long";
        };
        String index = f.count() == 1 ? "" : ", int index";
        String element = " + Objects.checkIndex(index, %d) * %d".formatted(f.count(), f.element());
        String place = "base + " + Abi.upper(f.name()) + "_OFFSET" + (f.count() == 1 ? "" : element);
        out.append("\n    /** Reads {@code %s}%s. */\n"
                .formatted(f.name(), f.element() == 4 ? ", all 32 bits as they are" : ""));
        out.append(
                "    public static %s %s(ByteBuffer memory, int base%s) {\n        return LittleEndian.get%s(memory, %s);\n    }\n"
                        .formatted(type, name, index, width, place));
        out.append("\n    /** Writes {@code %s}. */\n".formatted(f.name()));
        out.append(("    public static void %s(ByteBuffer memory, int base%s, %s value) {\n"
                        + "        LittleEndian.put%s(memory, %s, value);\n    }\n")
                .formatted(name, index, type, width, place));
    }

    /** Javadoc form of the source's text: backquotes become code, and what HTML would take is escaped. */
    private static String javadoc(String text) {
        StringBuilder out = new StringBuilder();
        boolean code = false;
        for (char c : text.toCharArray()) {
            if (c == '`') {
                out.append(code ? "}" : "{@code ");
                code = !code;
            } else if (!code && c == '&') {
                out.append("&amp;");
            } else if (!code && c == '<') {
                out.append("&lt;");
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
