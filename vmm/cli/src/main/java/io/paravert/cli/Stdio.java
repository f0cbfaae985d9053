package io.paravert.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The standard streams of a command, and which of them are a terminal.
 *
 * @param in unbuffered
 * @param out unbuffered: what goes there is the guest's or the result
 * @param err for people
 * @param colour whether {@code err} and {@code out} may be coloured where they are a terminal
 */
record Stdio(
        InputStream in,
        OutputStream out,
        PrintStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        boolean colour) {

    /** Which streams are a terminal, as the launcher saw it: some of the digits 0, 1 and 2. */
    private static final String TERMINALS = "paravert.terminals";

    /** Of this process. */
    static Stdio ofProcess() {
        String seen = System.getProperty(TERMINALS);
        String terminals = seen != null ? seen : hasConsole() ? "012" : "";
        boolean plain = notEmpty("NO_COLOR") || "dumb".equals(System.getenv("TERM"));
        return new Stdio(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                terminals.contains("0"),
                terminals.contains("1"),
                terminals.contains("2"),
                !plain);
    }

    @SuppressWarnings("SystemConsoleNull") // Where the launcher has not looked: JDK 22 and newer may say yes too often.
    private static boolean hasConsole() {
        return System.console() != null;
    }

    private static boolean notEmpty(String variable) {
        String value = System.getenv(variable);
        return value != null && !value.isEmpty();
    }

    /** For text on {@link #out}. The caller flushes it. */
    PrintStream text() {
        return new PrintStream(out, false, StandardCharsets.UTF_8);
    }

    boolean colourErr() {
        return colour && errIsTerminal;
    }

    boolean colourOut() {
        return colour && outIsTerminal;
    }
}
