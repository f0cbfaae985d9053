package io.paravert.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paravert.vmm.VmStatistics;
import io.paravert.vmm.VmStatistics.DeviceStatistics;
import io.paravert.vmm.VmStatistics.HypercallStatistics;
import io.paravert.vmm.engine.ExitReason;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a machine reads when a guest has ended. */
final class RunJson {
    private RunJson() {}

    static String word(String constant) {
        return constant.toLowerCase(Locale.ROOT);
    }

    static String of(RunRecord record) {
        return Output.jsonObject(false, json -> {
            json.writeStringField("guest", record.guest());
            json.writeStringField("outcome", record.kind());
            json.writeNumberField("status", record.status());
            json.writeStringField("message", record.sentence());
            if (record.guestCode().isPresent()) {
                json.writeNumberField("guest_code", record.guestCode().get());
            }
            if (!record.where().isEmpty()) {
                json.writeArrayFieldStart("where");
                for (String where : record.where()) {
                    json.writeString(where);
                }
                json.writeEndArray();
            }
            statistics(json, record.statistics());
            StatsText.write(json, record.asked(), record.statistics());
            if (record.crash().isPresent()) {
                json.writeFieldName("crash");
                json.writeRawValue(record.crash().get().json());
            }
        });
    }

    static String failure(String guest, int status, String message) {
        return Output.jsonObject(false, json -> {
            json.writeStringField("guest", guest);
            json.writeStringField("outcome", "not-run");
            json.writeNumberField("status", status);
            json.writeStringField("message", message);
        });
    }

    private static void statistics(JsonGenerator json, VmStatistics statistics) throws IOException {
        json.writeStringField("engine", statistics.engine());
        json.writeStringField("transport", word(statistics.transport()));
        json.writeNumberField("run_ns", statistics.runNanos());
        json.writeNumberField("vcpus", statistics.vcpus().size());
        json.writeObjectFieldStart("exits");
        json.writeNumberField("total", statistics.totalExits());
        for (Map.Entry<ExitReason, Long> exit : new TreeMap<>(statistics.exits()).entrySet()) {
            json.writeNumberField(word(exit.getKey().name()), exit.getValue());
        }
        json.writeNumberField("unclaimed", statistics.unclaimed());
        json.writeEndObject();
        json.writeArrayFieldStart("hypercalls");
        for (HypercallStatistics call : statistics.hypercalls()) {
            json.writeStartObject();
            json.writeNumberField("number", call.number());
            json.writeStringField("name", word(call.name()));
            json.writeNumberField("count", call.count());
            json.writeEndObject();
        }
        json.writeEndArray();
        devices(json, statistics);
    }

    private static void devices(JsonGenerator json, VmStatistics statistics) throws IOException {
        json.writeArrayFieldStart("devices");
        for (DeviceStatistics device : statistics.devices()) {
            json.writeStartObject();
            json.writeStringField("name", device.name());
            json.writeNumberField("inline", device.inline());
            json.writeNumberField("calls", device.calls());
            json.writeNumberField("posts", device.posts());
            json.writeNumberField("failures", device.failures());
            json.writeNumberField("throttled", device.throttled());
            json.writeObjectFieldStart("counts");
            for (Map.Entry<String, Long> count : device.counts().entrySet()) {
                json.writeNumberField(count.getKey(), count.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
