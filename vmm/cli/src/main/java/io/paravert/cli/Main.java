package io.paravert.cli;

/** Where the process starts. */
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its status. */
    public static void main(String[] args) {
        System.exit(CommandLineRun.execute(Stdio.ofProcess(), args));
    }
}
