package io.paravert.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/**
 * Puts the terminal's settings back when this process dies without doing so itself, killed or crashed. A shell of a few kilobytes
 * waits for the end of a pipe, whose other end is held by this process alone.
 */
final class TerminalWarden {
    /** Outside the foreground job, where the shell is then, a change of settings would stop it: it ignores that signal. */
    private static final String SCRIPT = """
            trap '' HUP INT QUIT TERM TTOU
            before=$(stty -g </dev/tty) || exit
            echo ready
            read -r end
            stty "$before" </dev/tty
            """;

    private final Process shell;

    private TerminalWarden(Process shell) {
        this.shell = shell;
    }

    /**
     * Notes the settings as they are now; returns when that is done.
     *
     * @throws IOException if there is no shell to do it
     */
    static TerminalWarden start() throws IOException {
        Process shell = new ProcessBuilder("sh", "-c", SCRIPT)
                .redirectError(Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII))) {
            if (out.readLine() == null) {
                throw new IOException("stty(1) cannot read its settings");
            }
        }
        return new TerminalWarden(shell);
    }

    /** It is not needed any more: the settings are back. */
    void close() {
        shell.destroyForcibly();
    }
}
