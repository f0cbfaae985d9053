package io.paravert.abi.generator;

import io.paravert.abi.generator.Abi.Argument;
import io.paravert.abi.generator.Abi.Call;
import io.paravert.abi.generator.Abi.Chapter;
import io.paravert.abi.generator.Abi.Constant;
import io.paravert.abi.generator.Abi.Field;
import io.paravert.abi.generator.Abi.Group;
import io.paravert.abi.generator.Abi.Layout;
import io.paravert.abi.generator.Abi.Stub;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the source of the ABI, computes offsets, and refuses what would give wrong or ambiguous output. */
final class AbiReader {
    private static final Map<String, Integer> SCALARS =
            Map.of("u8", 1, "u16", 2, "u32", 4, "s32", 4, "u64", 8, "s64", 8);
    private static final Map<String, Set<String>> KEYS = Map.of(
            "abi", Set.of("title", "major", "minor", "chapters"),
            "chapter", Set.of("title", "text", "constants", "calls", "layouts", "stubs"),
            "group", Set.of("java", "c", "type", "kind", "doc", "values"),
            "value", Set.of("name", "value", "bit", "type", "doc", "since"),
            "call", Set.of("name", "number", "args", "result", "errors", "feature", "doc", "since"),
            "argument", Set.of("name", "doc"),
            "layout", Set.of("java", "c", "doc", "size", "fields", "since"),
            "field", Set.of("name", "type", "count", "align", "doc", "since"),
            "stub", Set.of("transport", "code", "asm"));

    private final Map<String, Layout> layouts = new HashMap<>();

    Abi read(String json) {
        Map<String, Object> root = map("abi", Json.parse(json));
        List<Chapter> chapters = list(root, "chapters").stream()
                .map(c -> chapter(map("chapter", c)))
                .toList();
        Abi abi = new Abi(text(root, "title"), number(root.get("major")), number(root.get("minor")), chapters);
        AbiCheck.check(abi);
        return abi;
    }

    private Chapter chapter(Map<String, Object> c) {
        return new Chapter(
                text(c, "title"),
                list(c, "text").stream().map(String.class::cast).toList(),
                list(c, "constants").stream().map(g -> group(map("group", g))).toList(),
                list(c, "calls").stream().map(k -> call(map("call", k))).toList(),
                list(c, "layouts").stream().map(l -> layout(map("layout", l))).toList(),
                list(c, "stubs").stream().map(s -> stub(map("stub", s))).toList());
    }

    private static Group group(Map<String, Object> g) {
        boolean bits = "bits".equals(g.get("kind"));
        boolean wide = "long".equals(g.get("type"));
        List<Constant> constants = list(g, "values").stream()
                .map(v -> constant(map("value", v), bits))
                .toList();
        return new Group(text(g, "java"), text(g, "c"), wide, bits, text(g, "doc"), constants);
    }

    private static Constant constant(Map<String, Object> v, boolean bits) {
        String name = text(v, "name");
        if ("string".equals(v.get("type"))) {
            return new Constant(name, 0, "", text(v, "value"), text(v, "doc"), since(v));
        }
        long value = bits ? 1L << number(v.get("bit")) : number(v.get("value"));
        Object source = v.get("value");
        String written = bits ? "0x" + Long.toHexString(value) : String.valueOf(source);
        return new Constant(name, value, written, "", text(v, "doc"), since(v));
    }

    private static Call call(Map<String, Object> k) {
        List<Argument> arguments = list(k, "args").stream()
                .map(a -> map("argument", a))
                .map(a -> new Argument(text(a, "name"), text(a, "doc")))
                .toList();
        return new Call(
                text(k, "name"),
                number(k.get("number")),
                arguments,
                text(k, "result"),
                list(k, "errors").stream().map(String.class::cast).toList(),
                (String) k.getOrDefault("feature", ""),
                text(k, "doc"),
                since(k));
    }

    private Layout layout(Map<String, Object> l) {
        String java = text(l, "java");
        List<Field> fields = new ArrayList<>();
        int offset = 0;
        for (Object source : list(l, "fields")) {
            Field field = field(map("field", source), offset);
            fields.add(field);
            offset = field.offset() + field.bytes();
        }
        int size = (int) number(l.get("size"));
        if (offset != size) {
            throw new IllegalArgumentException(java + ": fields end at " + offset + ", size is " + size);
        }
        Layout layout = new Layout(java, text(l, "c"), text(l, "doc"), size, List.copyOf(fields), since(l));
        layouts.put(java, layout);
        return layout;
    }

    private Field field(Map<String, Object> f, int end) {
        String name = text(f, "name");
        String type = text(f, "type");
        Layout nested = layouts.get(type);
        Integer scalar = SCALARS.get(type);
        if (nested == null && scalar == null) {
            throw new IllegalArgumentException(name + ": unknown type " + type);
        }
        int element = nested != null ? nested.size() : scalar;
        int natural = nested != null ? 8 : element;
        int align = (int) number(f.getOrDefault("align", 0L));
        int offset = align == 0 ? end : (end + align - 1) / align * align;
        if (offset % natural != 0) {
            throw new IllegalArgumentException(name + ": offset " + offset + " is not a multiple of " + natural);
        }
        int count = (int) number(f.getOrDefault("count", 1L));
        String layout = nested != null ? nested.c() : "";
        return new Field(name, type, layout, offset, element, count, align, text(f, "doc"), since(f));
    }

    private static Stub stub(Map<String, Object> s) {
        byte[] code = HexFormat.ofDelimiter(" ").parseHex(text(s, "code"));
        return new Stub(text(s, "transport"), code, text(s, "asm"));
    }

    private static String since(Map<String, Object> item) {
        return (String) item.getOrDefault("since", "1.0");
    }

    private static long number(Object source) {
        if (source instanceof Long n) {
            return n;
        }
        if (source instanceof String s && s.startsWith("0x")) {
            return Long.parseUnsignedLong(s.substring(2), 16);
        }
        throw new IllegalArgumentException("not a number: " + source);
    }

    private static String text(Map<String, Object> from, String key) {
        if (from.get(key) instanceof String s) {
            return s;
        }
        throw new IllegalArgumentException("no text '" + key + "' in " + from);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> from, String key) {
        return (List<Object>) from.getOrDefault(key, List.of());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(String kind, Object value) {
        Map<String, Object> map = (Map<String, Object>) value;
        for (String key : map.keySet()) {
            if (!KEYS.get(kind).contains(key)) {
                throw new IllegalArgumentException("unknown key '" + key + "' in a " + kind + ": " + map);
            }
        }
        return map;
    }
}
