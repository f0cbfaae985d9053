package io.paravert.cli;

import io.paravert.vmm.exit.ExitRecord;
import io.paravert.vmm.exit.ExitTrace;
import java.io.PrintStream;
import java.util.Locale;

/** {@code --trace exits}: a line for each exit, with the time since the first. vCPU threads write whole lines, one at a time. */
final class TraceLines implements ExitTrace {
    private final PrintStream err;
    private long start;

    TraceLines(PrintStream err) {
        this.err = err;
    }

    @Override
    public synchronized void exit(ExitRecord exit) {
        start = start == 0 ? exit.nanoTime() : start;
        err.println(String.format(
                Locale.ROOT, "[%11.6f] vcpu%d %s", (exit.nanoTime() - start) / 1e9, exit.vcpu(), exit.describe()));
    }
}
