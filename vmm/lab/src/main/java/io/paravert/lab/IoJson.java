package io.paravert.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The findings as one JSON object. */
final class IoJson {
    private IoJson() {}

    static String of(List<IoResult> results) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("lab", "io");
        ArrayNode all = root.putArray("results");
        for (IoResult result : results) {
            IoCase io = result.io();
            ObjectNode one = all.addObject();
            one.put("engine", result.engine())
                    .put("path", io.path().label())
                    .put("workload", io.workload().label())
                    .put("depth", io.depth())
                    .put("cpl", io.cpl())
                    .put("vcpus", io.vcpus())
                    .put("operationsPerSecond", result.perSecond())
                    .put("spread", result.spread())
                    .put("bytesPerSecond", result.bytesPerSecond())
                    .put("exitsPerOperation", result.exitsPerOperation())
                    .put("kicksPerOperation", result.kicksPerOperation())
                    .put("cpuNanosPerOperation", result.cpuNanosPerOperation())
                    .put("p50Nanos", result.latency(50))
                    .put("p99Nanos", result.latency(99))
                    .put("p999Nanos", result.latency(99.9));
            ArrayNode rounds = one.putArray("rounds");
            result.rounds().forEach(r -> rounds.add(r.perSecond()));
        }
        return root.toString();
    }
}
