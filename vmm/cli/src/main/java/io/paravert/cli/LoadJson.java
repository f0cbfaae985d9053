package io.paravert.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paravert.load.LoadReport;
import java.io.IOException;
import org.HdrHistogram.Histogram;

/** What {@code paravert load --json} prints. Times are nanoseconds, memory is bytes. */
final class LoadJson {
    private LoadJson() {}

    static String of(LoadReport report) {
        return Output.jsonObject(true, json -> {
            json.writeStringField("engine", report.engine());
            json.writeStringField("target", report.target());
            json.writeNumberField("guests", report.guests());
            json.writeNumberField("seconds", report.seconds());
            json.writeNumberField("operations", report.operations());
            json.writeNumberField("failures", report.failures());
            json.writeNumberField("operationsPerSecond", report.operationsPerSecond());
            json.writeNumberField("slowestOfMedian", report.fairness());
            histogram(json, "latencyNanos", report.latency());
            histogram(json, "eventLoopLagNanos", report.lag());
            histogram(json, "bootNanos", report.boot());
            json.writeNumberField("bootsPerSecond", report.bootsPerSecond());
            if (report.residentPerGuest() >= 0) {
                json.writeNumberField("residentBytesPerGuest", report.residentPerGuest());
            }
            json.writeArrayFieldStart("operationsOfEachGuest");
            for (long operations : report.perGuest()) {
                json.writeNumber(operations);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("parts");
            for (LoadReport.Part part : report.parts()) {
                json.writeStartObject();
                json.writeStringField("share", part.share());
                json.writeNumberField("guests", part.perGuest().size());
                json.writeNumberField("operations", part.operations());
                json.writeNumberField("failures", part.failures());
                json.writeNumberField("slowestOfMedian", part.fairness());
                histogram(json, "latencyNanos", part.latency());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("endedBadly");
            for (String ending : report.endings()) {
                json.writeString(ending);
            }
            json.writeEndArray();
        });
    }

    private static void histogram(JsonGenerator json, String name, Histogram values) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", values.getTotalCount());
        json.writeNumberField("mean", values.getMean());
        json.writeNumberField("p50", values.getValueAtPercentile(50));
        json.writeNumberField("p90", values.getValueAtPercentile(90));
        json.writeNumberField("p99", values.getValueAtPercentile(99));
        json.writeNumberField("p99_9", values.getValueAtPercentile(99.9));
        json.writeNumberField("max", values.getMaxValue());
        json.writeEndObject();
    }
}
