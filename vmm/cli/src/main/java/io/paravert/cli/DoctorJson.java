package io.paravert.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.engine.EngineReport.Fact;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code paravert doctor --json}. */
final class DoctorJson {
    private DoctorJson() {}

    static String of(HostFacts host, List<EngineReport> reports, Optional<String> choice) {
        return Output.jsonObject(true, json -> {
            facts(json, "host", host.facts());
            json.writeArrayFieldStart("engines");
            for (EngineReport report : reports) {
                engine(json, report);
            }
            json.writeEndArray();
            if (choice.isPresent()) {
                json.writeStringField("choice", choice.get());
            } else {
                json.writeNullField("choice");
            }
        });
    }

    private static void facts(JsonGenerator json, String name, List<Fact> facts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Fact fact : facts) {
            json.writeStringField(fact.name(), fact.value());
        }
        json.writeEndObject();
    }

    private static void engine(JsonGenerator json, EngineReport report) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", report.name());
        json.writeBooleanField("usable", report.usable());
        json.writeStringField("summary", report.summary());
        json.writeStringField("cause", report.cause());
        json.writeStringField("remedy", report.remedy());
        facts(json, "facts", report.facts());
        json.writeArrayFieldStart("transports");
        for (TransportFinding found : report.transports()) {
            json.writeStartObject();
            json.writeStringField("transport", RunJson.word(found.transport().name()));
            json.writeBooleanField("works", found.works());
            json.writeNumberField("ns", found.nanoseconds());
            json.writeStringField("detail", found.detail());
            json.writeBooleanField("chosen", found.chosen());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
