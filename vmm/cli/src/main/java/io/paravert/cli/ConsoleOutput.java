package io.paravert.cli;

import io.paravert.vmm.ConsoleSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A guest's console on standard output, byte for byte. A reader that has gone away ends the guest. */
final class ConsoleOutput implements ConsoleSink {
    private final OutputStream out;
    private Runnable onLoss = () -> {};
    private @Nullable String loss;

    ConsoleOutput(OutputStream out) {
        this.out = out;
    }

    /** Called once, when output cannot be written any more. */
    synchronized void onLoss(Runnable listener) {
        onLoss = listener;
    }

    /** Why output was lost, if it was. */
    synchronized Optional<String> loss() {
        return Optional.ofNullable(loss);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        if (loss != null) {
            return;
        }
        try {
            out.write(bytes, offset, length);
            out.flush();
        } catch (IOException e) {
            loss = e.getMessage() == null ? e.toString() : e.getMessage();
            onLoss.run();
        }
    }
}
