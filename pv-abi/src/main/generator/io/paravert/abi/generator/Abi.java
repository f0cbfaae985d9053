package io.paravert.abi.generator;

import java.util.List;
import java.util.Locale;

/** The ABI as data: what the writers turn into Java, C, assembler, Markdown and the listing. */
record Abi(String title, long major, long minor, List<Chapter> chapters) {

    record Chapter(
            String title,
            List<String> text,
            List<Group> groups,
            List<Call> calls,
            List<Layout> layouts,
            List<Stub> stubs) {}

    /** A Java class of constants; in C the prefix of its names. */
    record Group(String java, String c, boolean wide, boolean bits, String doc, List<Constant> constants) {}

    /**
     * @param written the value as the source writes it, so that an address stays hexadecimal everywhere
     * @param text the value of a string constant, otherwise empty
     */
    record Constant(String name, long value, String written, String text, String doc, String since) {
        boolean isText() {
            return !text.isEmpty();
        }
    }

    record Call(
            String name,
            long number,
            List<Argument> arguments,
            String result,
            List<String> errors,
            String feature,
            String doc,
            String since) {}

    record Argument(String name, String doc) {}

    record Layout(String java, String c, String doc, int size, List<Field> fields, String since) {}

    /**
     * @param element bytes of one element
     * @param layout C name of the structure that is the element, otherwise empty
     * @param align 0, or the boundary that padding before this field reaches
     */
    record Field(
            String name,
            String type,
            String layout,
            int offset,
            int element,
            int count,
            int align,
            String doc,
            String since) {
        int bytes() {
            return element * count;
        }

        boolean isReserved() {
            return name.startsWith("reserved");
        }
    }

    record Stub(String transport, byte[] code, String asm) {}

    static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    /** {@code memory_bytes} becomes {@code memoryBytes}. */
    static String camel(String name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            out.append(c == '_' ? Character.toUpperCase(name.charAt(++i)) : c);
        }
        return out.toString();
    }

    List<Group> groups() {
        return chapters.stream().flatMap(c -> c.groups().stream()).toList();
    }

    List<Layout> layouts() {
        return chapters.stream().flatMap(c -> c.layouts().stream()).toList();
    }

    List<Call> calls() {
        return chapters.stream().flatMap(c -> c.calls().stream()).toList();
    }

    List<Stub> stubs() {
        return chapters.stream().flatMap(c -> c.stubs().stream()).toList();
    }
}
