package io.paravert.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** One command, run in this process without a terminal. */
record Invocation(int status, String out, String err) {
    static Invocation of(String... words) {
        return with(InputStream.nullInputStream(), words);
    }

    static Invocation with(byte[] input, String... words) {
        return with(new ByteArrayInputStream(input), words);
    }

    private static Invocation with(InputStream in, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream errText = new PrintStream(err, true, StandardCharsets.UTF_8);
        Stdio stdio = new Stdio(in, out, errText, false, false, false, false);
        int status = CommandLineRun.execute(stdio, words);
        return new Invocation(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
