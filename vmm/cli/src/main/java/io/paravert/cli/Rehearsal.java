package io.paravert.cli;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Does what a start does, for the launcher to record which classes that needs: its archive of them makes later starts fast. An engine
 * that does not work here is part of it.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /** Runs and forgets what it prints; the status is always 0. */
    public static void main(String[] args) {
        OutputStream nowhere = OutputStream.nullOutputStream();
        Stdio stdio = new Stdio(
                new ByteArrayInputStream("rehearsal\nexit\n".getBytes(StandardCharsets.UTF_8)),
                nowhere,
                new PrintStream(nowhere, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                false);
        CommandLineRun.execute(stdio, "--version");
        CommandLineRun.execute(stdio, "run", "--help");
        // Short as the guest is, its code is to be translated: a long one's first second needs those classes.
        System.setProperty("paravert.soft.translator", "eager");
        CommandLineRun.execute(stdio, "run", "echo", "--engine", "soft", "--timeout", "20");
        System.clearProperty("paravert.soft.translator");
        CommandLineRun.execute(stdio, "run", "hello", "--engine", "auto", "--timeout", "20", "--json");
        CommandLineRun.execute(stdio, "run", "crash", "--engine", "kvm", "--timeout", "20");
        System.exit(Status.OK);
    }
}
