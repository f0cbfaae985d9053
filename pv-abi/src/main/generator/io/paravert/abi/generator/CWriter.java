package io.paravert.abi.generator;

import io.paravert.abi.generator.Abi.Call;
import io.paravert.abi.generator.Abi.Chapter;
import io.paravert.abi.generator.Abi.Constant;
import io.paravert.abi.generator.Abi.Field;
import io.paravert.abi.generator.Abi.Group;
import io.paravert.abi.generator.Abi.Layout;

/** The C header: C11 and C++11, freestanding. */
final class CWriter {
    private CWriter() {}

    static String write(Abi abi) {
        StringBuilder out = new StringBuilder();
        out.append("/* %s, version %d.%d. Generated from paravert-abi.json; do not edit. */\n"
                .formatted(abi.title(), abi.major(), abi.minor()));
        out.append("""
                #ifndef PARAVERT_H
                #define PARAVERT_H

                #include <stddef.h>
                #include <stdint.h>

                #ifdef __cplusplus
                #define PV_STATIC_ASSERT static_assert
                #else
                #define PV_STATIC_ASSERT _Static_assert
                #endif
                """);
        for (Chapter chapter : abi.chapters()) {
            out.append("\n/* ---- %s ---- */\n".formatted(chapter.title()));
            chapter.groups().forEach(g -> group(out, g));
            if (!chapter.calls().isEmpty()) {
                out.append("\n/* Numbers of the calls. */\n");
                chapter.calls().forEach(c -> call(out, c));
            }
            chapter.layouts().forEach(l -> layout(out, l));
        }
        return out.append("\n#endif\n").toString();
    }

    private static void group(StringBuilder out, Group group) {
        out.append("\n/* %s */\n".formatted(plain(group.doc())));
        for (Constant c : group.constants()) {
            String value = c.isText() ? "\"" + c.text() + "\"" : value(group, c);
            out.append("#define %s_%s %s /* %s */\n".formatted(group.c(), c.name(), value, plain(c.doc())));
        }
    }

    private static String value(Group group, Constant c) {
        if (group.wide()) {
            return "UINT64_C(" + c.written() + ")";
        }
        return c.value() < 0 ? "(" + c.written() + ")" : c.written();
    }

    private static void call(StringBuilder out, Call call) {
        StringBuilder arguments = new StringBuilder();
        call.arguments()
                .forEach(a -> arguments.append(arguments.isEmpty() ? "" : ", ").append(a.name()));
        out.append("#define PV_CALL_%s 0x%02x /* (%s) */\n".formatted(call.name(), call.number(), arguments));
    }

    private static void layout(StringBuilder out, Layout layout) {
        out.append("\n/* %s */\nstruct %s {\n".formatted(plain(layout.doc()), layout.c()));
        int end = 0;
        for (Field f : layout.fields()) {
            if (f.offset() > end) {
                out.append("    uint8_t pad_%d[%d];\n".formatted(end, f.offset() - end));
            }
            String type = f.layout().isEmpty() ? scalar(f.type()) : "struct " + f.layout();
            String count = f.count() == 1 ? "" : "[" + f.count() + "]";
            out.append("    %s %s%s; /* %s */\n".formatted(type, f.name(), count, plain(f.doc())));
            end = f.offset() + f.bytes();
        }
        out.append("};\n");
        out.append("PV_STATIC_ASSERT(sizeof(struct %s) == %d, \"size of %s\");\n"
                .formatted(layout.c(), layout.size(), layout.c()));
        for (Field f : layout.fields()) {
            out.append("PV_STATIC_ASSERT(offsetof(struct %s, %s) == %d, \"offset of %s\");\n"
                    .formatted(layout.c(), f.name(), f.offset(), f.name()));
        }
    }

    private static String scalar(String type) {
        return (type.charAt(0) == 's' ? "int" : "uint") + type.substring(1) + "_t";
    }

    private static String plain(String doc) {
        return doc.replace("`", "").replace("*/", "* /");
    }
}
