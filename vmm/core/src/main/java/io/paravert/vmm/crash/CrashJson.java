package io.paravert.vmm.crash;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.exit.ExitRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;

/** Writes a crash report for machines. */
final class CrashJson {
    private final CrashReport report;
    private final CpuState state;
    private final JsonGenerator json;

    private CrashJson(CrashReport report, JsonGenerator json) {
        this.report = report;
        this.state = report.crash.state();
        this.json = json;
    }

    static String write(CrashReport report) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            new CrashJson(report, json).write();
        }
        return out.toString();
    }

    private void write() throws IOException {
        json.writeStartObject();
        json.writeStringField("guest", report.guest);
        json.writeStringField("engine", report.engine);
        json.writeNumberField("vcpu", report.crash.vcpu());
        json.writeStringField("cause", report.crash.cause().name().toLowerCase(Locale.ROOT));
        json.writeStringField("message", report.crash.message());
        json.writeStringField("mode", report.mode.title());
        json.writeNumberField("cpl", CpuMode.privilegeLevel(state));
        json.writeStringField("paging", PagingMode.of(state).title());
        registers();
        segments();
        code();
        json.writeArrayFieldStart("stack");
        for (long word : report.stack) {
            json.writeString(hex(word));
        }
        json.writeEndArray();
        walks();
        exits();
        json.writeEndObject();
    }

    private void hex(String name, long value) throws IOException {
        json.writeStringField(name, hex(value));
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private void registers() throws IOException {
        json.writeObjectFieldStart("registers");
        for (int i = 0; i < CrashText.GENERAL.length; i++) {
            hex(CrashText.GENERAL[i], state.general[i]);
        }
        hex("rip", state.rip);
        flags("rflags", state.rflags, FlagNames.RFLAGS);
        flags("cr0", state.cr0, FlagNames.CR0);
        hex("cr2", state.cr2);
        hex("cr3", state.cr3);
        flags("cr4", state.cr4, FlagNames.CR4);
        flags("efer", state.efer, FlagNames.EFER);
        json.writeEndObject();
    }

    private void flags(String name, long value, FlagNames names) throws IOException {
        hex(name, value);
        json.writeStringField(name + "_flags", names.format(value));
    }

    private void segments() throws IOException {
        json.writeObjectFieldStart("segments");
        for (int i = 0; i < CrashText.SEGMENTS.length; i++) {
            segment(CrashText.SEGMENTS[i], state.segments[i], true);
        }
        segment("tr", state.tr, false);
        segment("ldt", state.ldt, false);
        table("gdt", state.gdtBase, state.gdtLimit);
        table("idt", state.idtBase, state.idtLimit);
        json.writeEndObject();
    }

    private void segment(String name, CpuState.Segment segment, boolean memory) throws IOException {
        json.writeObjectFieldStart(name);
        hex("selector", segment.selector);
        hex("base", segment.base);
        hex("limit", Integer.toUnsignedLong(segment.limit));
        hex("attributes", Integer.toUnsignedLong(segment.attributes));
        json.writeStringField("meaning", CrashText.describe(segment, memory));
        json.writeEndObject();
    }

    private void table(String name, long base, int limit) throws IOException {
        json.writeObjectFieldStart(name);
        hex("base", base);
        hex("limit", Integer.toUnsignedLong(limit));
        json.writeEndObject();
    }

    private void code() throws IOException {
        json.writeArrayFieldStart("code");
        for (CodeListing.Line line : report.code) {
            json.writeStartObject();
            hex("address", line.address());
            json.writeStringField("bytes", line.bytes());
            json.writeStringField("text", line.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void walks() throws IOException {
        json.writeArrayFieldStart("page_walks");
        for (CrashReport.Walk walk : report.walks) {
            PageWalk found = walk.walk();
            json.writeStartObject();
            json.writeStringField("what", walk.what());
            hex("linear", found.linear());
            json.writeStringField("result", found.result().name().toLowerCase(Locale.ROOT));
            hex("physical", found.physical());
            json.writeNumberField("page_bytes", found.pageBytes());
            json.writeArrayFieldStart("steps");
            for (PageWalk.Step step : found.steps()) {
                json.writeStartObject();
                json.writeStringField("name", step.name());
                hex("address", step.address());
                hex("value", step.value());
                json.writeStringField("flags", step.flags());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void exits() throws IOException {
        json.writeArrayFieldStart("last_exits");
        for (ExitRecord exit : report.crash.lastExits()) {
            json.writeStartObject();
            json.writeStringField("reason", exit.reason().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("nano_time", exit.nanoTime());
            json.writeNumberField("vcpu", exit.vcpu());
            hex("place", exit.place());
            json.writeNumberField("size", exit.size());
            json.writeNumberField("count", exit.count());
            hex("value", exit.value());
            json.writeStringField("owner", exit.owner());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
