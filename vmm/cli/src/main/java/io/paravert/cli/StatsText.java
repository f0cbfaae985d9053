package io.paravert.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paravert.vmm.VmStatistics;
import io.paravert.vmm.engine.PagingStatistics;
import io.paravert.vmm.engine.TranslationStatistics;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What {@code --stats} tells, for people and for machines. */
final class StatsText {
    private static final double MILLI = 1e6;

    private StatsText() {}

    /** Lines of the summary: what, and what was found. */
    static Map<String, String> lines(Set<RunCommand.Stats> asked, VmStatistics statistics) {
        Map<String, String> lines = new LinkedHashMap<>();
        if (asked.contains(RunCommand.Stats.TRANSLATOR)) {
            statistics
                    .translation()
                    .ifPresentOrElse(
                            found -> translator(found, lines), () -> lines.put("translator", silent(statistics)));
        }
        if (asked.contains(RunCommand.Stats.PAGING)) {
            lines.put("paging", statistics.paging().map(StatsText::paging).orElse(silent(statistics)));
        }
        return lines;
    }

    private static String silent(VmStatistics statistics) {
        return "nothing to tell: with the engine " + statistics.engine() + " the processor does it";
    }

    private static void translator(TranslationStatistics t, Map<String, String> lines) {
        lines.put(
                "translator",
                text(
                        "%d guest instructions, %.1f %% in regions; %d blocks decoded",
                        t.instructions(), 100 * t.coverage(), t.blocks()));
        lines.put(
                "regions",
                text(
                        "%d of %d blocks, %d bytes of classes, written in %.1f ms; %d instructions by the interpreter's code",
                        t.regions(), t.regionBlocks(), t.bytes(), t.compileNanos() / MILLI, t.statements()));
        TranslationStatistics.Exits exits = t.exits();
        lines.put(
                "left",
                text(
                        "%d entries; left direct %d, indirect %d, pending %d, thrown %d, missed %d",
                        t.entries(),
                        exits.direct(),
                        exits.indirect(),
                        exits.pending(),
                        exits.thrown(),
                        exits.missed()));
        lines.put(
                "dropped",
                text(
                        "%d blocks and %d regions for changed code; %d regions refused, everything %d times",
                        t.invalidatedBlocks(), t.invalidatedRegions(), t.refused(), t.flushes()));
    }

    private static String paging(PagingStatistics p) {
        return text(
                "%s: %d walks with %d memory references, %d exits with %d of the monitor's",
                p.technique().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                p.walks(),
                p.references(),
                p.exits(),
                p.monitorReferences());
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** The same as fields of the record. */
    static void write(JsonGenerator json, Set<RunCommand.Stats> asked, VmStatistics statistics) throws IOException {
        Optional<TranslationStatistics> translation = statistics.translation();
        if (asked.contains(RunCommand.Stats.TRANSLATOR) && translation.isPresent()) {
            json.writeObjectFieldStart("translator");
            write(json, translation.get());
            json.writeEndObject();
        }
        Optional<PagingStatistics> paging = statistics.paging();
        if (asked.contains(RunCommand.Stats.PAGING) && paging.isPresent()) {
            json.writeObjectFieldStart("paging");
            json.writeStringField(
                    "technique", RunJson.word(paging.get().technique().name()));
            json.writeNumberField("walks", paging.get().walks());
            json.writeNumberField("references", paging.get().references());
            json.writeNumberField("exits", paging.get().exits());
            json.writeNumberField("monitor_references", paging.get().monitorReferences());
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, TranslationStatistics t) throws IOException {
        json.writeNumberField("instructions", t.instructions());
        json.writeNumberField("translated", t.translated());
        json.writeNumberField("blocks", t.blocks());
        json.writeNumberField("regions", t.regions());
        json.writeNumberField("region_blocks", t.regionBlocks());
        json.writeNumberField("bytes", t.bytes());
        json.writeNumberField("compile_ns", t.compileNanos());
        json.writeNumberField("entries", t.entries());
        json.writeObjectFieldStart("exits");
        json.writeNumberField("direct", t.exits().direct());
        json.writeNumberField("indirect", t.exits().indirect());
        json.writeNumberField("pending", t.exits().pending());
        json.writeNumberField("thrown", t.exits().thrown());
        json.writeNumberField("missed", t.exits().missed());
        json.writeEndObject();
        json.writeNumberField("statements", t.statements());
        json.writeNumberField("invalidated_blocks", t.invalidatedBlocks());
        json.writeNumberField("invalidated_regions", t.invalidatedRegions());
        json.writeNumberField("refused", t.refused());
        json.writeNumberField("flushes", t.flushes());
    }
}
