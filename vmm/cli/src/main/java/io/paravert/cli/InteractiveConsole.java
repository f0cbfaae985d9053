package io.paravert.cli;

import io.paravert.vmm.Vm;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The way from standard input to a guest's console, for as long as it runs, over all its restarts. */
final class InteractiveConsole implements AutoCloseable {
    private final Stdio stdio;
    private final ConsoleInput input;
    private @Nullable Vm vm;
    private boolean left;
    private int columns;
    private int rows;
    /** Null inside if there is no terminal to give back. */
    private CompletableFuture<@Nullable TerminalSession> terminal = CompletableFuture.completedFuture(null);

    InteractiveConsole(Stdio stdio) {
        this.stdio = stdio;
        this.input = new ConsoleInput(stdio.in(), stdio.inIsTerminal(), this::leave);
    }

    /** Joins it to a machine that is about to start, and lets go of the one before. */
    void attach(Vm machine) {
        boolean first;
        synchronized (this) {
            first = vm == null;
            vm = machine;
            machine.console().resize(columns, rows);
        }
        input.attach(machine.console());
        if (first) {
            start();
        }
    }

    /** Whether the user asked to leave. */
    synchronized boolean left() {
        return left;
    }

    private void leave() {
        Vm machine;
        synchronized (this) {
            left = true;
            machine = vm;
        }
        if (machine != null) {
            machine.stop();
        }
    }

    private synchronized void resize(int newColumns, int newRows) {
        columns = newColumns;
        rows = newRows;
        if (vm != null) {
            vm.console().resize(columns, rows);
        }
    }

    /** A terminal is taken beside the guest's start, which need not wait for it. */
    private void start() {
        if (!stdio.inIsTerminal()) {
            input.start();
            return;
        }
        terminal = CompletableFuture.supplyAsync(() -> {
            TerminalSession session = open();
            input.start();
            return session;
        });
    }

    private @Nullable TerminalSession open() {
        try {
            return TerminalSession.open(this::resize);
        } catch (IOException | RuntimeException e) {
            stdio.err().println("paravert: the terminal cannot be put into raw mode: " + e.getMessage());
            return null;
        }
    }

    @Override
    public void close() {
        try {
            TerminalSession session = terminal.join();
            if (session != null) {
                session.close();
            }
        } catch (CompletionException e) {
            throw new CommandException(Status.FAILURE, "the terminal could not be restored: " + e.getCause(), e);
        }
    }
}
