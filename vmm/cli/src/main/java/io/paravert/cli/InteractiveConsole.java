package io.paravert.cli;

import io.paravert.vmm.Vm;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The way from standard input to a guest's console, for as long as the guest runs. */
final class InteractiveConsole implements AutoCloseable {
    private final Stdio stdio;
    private final Vm vm;
    private final ConsoleInput input;
    /** Null inside if there is no terminal to give back. */
    private CompletableFuture<@Nullable TerminalSession> terminal = CompletableFuture.completedFuture(null);

    private InteractiveConsole(Stdio stdio, Vm vm) {
        this.stdio = stdio;
        this.vm = vm;
        this.input = new ConsoleInput(stdio.in(), vm.console(), stdio.inIsTerminal(), vm::stop);
    }

    static InteractiveConsole of(Stdio stdio, Vm vm) {
        return new InteractiveConsole(stdio, vm);
    }

    /** Starts it. A terminal is taken beside the guest's start, which need not wait for it. */
    void start() {
        if (!stdio.inIsTerminal()) {
            input.start();
            return;
        }
        terminal = CompletableFuture.supplyAsync(() -> {
            TerminalSession session = open(stdio, vm);
            input.start();
            return session;
        });
    }

    private static @Nullable TerminalSession open(Stdio stdio, Vm vm) {
        try {
            return TerminalSession.open((columns, rows) -> vm.console().resize(columns, rows));
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
