package io.paravert.abi.generator;

import io.paravert.abi.generator.Abi.Chapter;
import io.paravert.abi.generator.Abi.Constant;
import io.paravert.abi.generator.Abi.Field;
import io.paravert.abi.generator.Abi.Layout;

/** The assembler include, GNU as syntax: the C header's names, and offsets as PV_STRUCT_FIELD_OFFSET. */
final class AsmWriter {
    private AsmWriter() {}

    static String write(Abi abi) {
        StringBuilder out = new StringBuilder();
        out.append("# %s, version %d.%d. Generated from paravert-abi.json; do not edit.\n"
                .formatted(abi.title(), abi.major(), abi.minor()));
        for (Chapter chapter : abi.chapters()) {
            out.append("\n# ---- %s ----\n".formatted(chapter.title()));
            chapter.groups()
                    .forEach(g -> g.constants().stream()
                            .filter(c -> !c.isText())
                            .forEach((Constant c) -> set(out, g.c() + "_" + c.name(), c.written())));
            chapter.calls().forEach(c -> set(out, "PV_CALL_" + c.name(), "0x%02x".formatted(c.number())));
            chapter.layouts().forEach(l -> layout(out, l));
        }
        return out.toString();
    }

    private static void layout(StringBuilder out, Layout layout) {
        String prefix = Abi.upper(layout.c());
        set(out, prefix + "_SIZE", String.valueOf(layout.size()));
        for (Field f : layout.fields()) {
            if (!f.isReserved()) {
                set(out, prefix + "_" + Abi.upper(f.name()) + "_OFFSET", String.valueOf(f.offset()));
            }
        }
    }

    private static void set(StringBuilder out, String name, String value) {
        out.append(".set %s, %s\n".formatted(name, value));
    }
}
