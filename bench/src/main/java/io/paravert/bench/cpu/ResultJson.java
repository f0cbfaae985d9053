package io.paravert.bench.cpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;

/** For machines: all times in nanoseconds. */
final class ResultJson {
    private final Results results;

    ResultJson(Results results) {
        this.results = results;
    }

    void write(File file, String engine) throws IOException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("engine", engine);
        ArrayNode rows = root.putArray("programs");
        results.programs().forEach(program -> row(rows.addObject(), program));
        for (Side side : results.sides()) {
            if (side != Side.SOFT && results.sides().contains(Side.SOFT)) {
                root.put("mean_" + side.word() + "_over_soft", results.mean(side));
            }
            root.set("start_" + side.word(), spread(results.start(side)));
            if (results.hasFresh(side)) {
                root.set("first_second_units_" + side.word(), spread(results.firstSecond(side)));
            }
        }
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file, root);
    }

    private void row(ObjectNode row, String program) {
        row.put("name", program);
        for (Side side : results.sides()) {
            if (results.has(side, program)) {
                ObjectNode values = row.putObject(side.word());
                values.set("warm", spread(results.warm(side, program)));
                values.set("cold", spread(results.cold(side, program)));
            }
        }
    }

    private static ObjectNode spread(Spread spread) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("median", spread.median())
                .put("least", spread.least())
                .put("most", spread.most());
    }
}
