package io.paravert.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;

/** How results reach standard output. */
final class Output {
    private Output() {}

    /** The end of a command that has printed all: a reader that went away is no success, and nothing to talk about. */
    static int finish(PrintStream out) {
        out.flush();
        return out.checkError() ? Status.FAILURE : Status.OK;
    }

    /** Writes JSON. */
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** One JSON object, field by field: that costs the start of no JSON mapper. */
    static String jsonObject(boolean pretty, Body body) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            if (pretty) {
                json.useDefaultPrettyPrinter();
            }
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new AssertionError("writing to a string does not fail", e);
        }
        return out.toString();
    }
}
