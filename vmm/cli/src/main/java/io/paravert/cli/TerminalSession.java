package io.paravert.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.function.BiConsumer;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.Pty;
import org.jline.terminal.spi.SystemStream;
import org.jline.utils.Signals;

/**
 * The user's terminal while it is the guest's: keys come one by one, unechoed, and Ctrl-C is a key. Closing it, or the end of the
 * process, however it comes, puts everything back. Output keeps its processing, so that a guest's newline starts a line.
 */
final class TerminalSession implements AutoCloseable {
    private final Pty terminal;
    private final Attributes before;
    private final TerminalWarden warden;
    private final Thread hook = new Thread(this::restore, "terminal-restore");
    private boolean restored;

    private TerminalSession(Pty terminal) throws IOException {
        this.terminal = terminal;
        this.before = terminal.getAttr();
        this.warden = TerminalWarden.start();
    }

    /**
     * Takes the terminal.
     *
     * @param resized told its columns and rows, now and whenever they change
     * @throws IOException if it cannot be had
     */
    static TerminalSession open(BiConsumer<Integer, Integer> resized) throws IOException {
        // The exec provider asks stty(1): no native code of its own, so no permission that newer JDKs want. Not a whole
        // Terminal:
        // that one asks the terminal questions, and takes keys for the answers.
        Pty terminal = new ExecTerminalProvider().current(SystemStream.Output);
        TerminalSession session = new TerminalSession(terminal);
        Runtime.getRuntime().addShutdownHook(session.hook);
        session.enterRawMode();
        session.tellSize(resized);
        Signals.register("WINCH", () -> session.tellSize(resized));
        return session;
    }

    private synchronized void enterRawMode() throws IOException {
        if (restored) {
            return;
        }
        Attributes raw = new Attributes(before);
        raw.setLocalFlags(EnumSet.of(LocalFlag.ICANON, LocalFlag.ECHO, LocalFlag.IEXTEN, LocalFlag.ISIG), false);
        raw.setInputFlags(EnumSet.of(InputFlag.IXON, InputFlag.ICRNL, InputFlag.INLCR), false);
        // A read waits for one byte; with MIN 0 it would return nothing, which Java takes for the end.
        raw.setControlChar(ControlChar.VMIN, 1);
        raw.setControlChar(ControlChar.VTIME, 0);
        terminal.setAttr(raw);
    }

    private void tellSize(BiConsumer<Integer, Integer> resized) {
        try {
            Size size = terminal.getSize();
            resized.accept(size.getColumns(), size.getRows());
        } catch (IOException e) {
            // The guest keeps the size that it knows.
        }
    }

    private synchronized void restore() {
        if (!restored) {
            restored = true;
            try {
                terminal.setAttr(before);
            } catch (IOException e) {
                throw new UncheckedIOException("the terminal could not be restored; try 'stty sane'", e);
            } finally {
                warden.close();
            }
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook is running or has run.
        }
    }
}
