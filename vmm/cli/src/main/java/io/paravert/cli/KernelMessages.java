package io.paravert.cli;

import io.paravert.vmm.ConsoleSink;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a console for what a Linux kernel says of its end: one without the driver of the panic device tells of its panic
 * nowhere else, and resets the machine as a reboot does. What it says last counts, so that an old log on the console, and then a
 * reboot, is a reboot. Everything goes on to the next sink.
 */
final class KernelMessages implements ConsoleSink {
    /** What is looked at of a line. */
    private static final int LINE = 256;

    /** Behind the time, and the caller's number, which kernels may put in front. */
    private static final Pattern WORDS = Pattern.compile("(?:\\[ *\\d+\\.\\d+\\](?:\\[ *[CT]\\d+\\])? )?"
            + "(?:Kernel panic - not syncing: (?<panic>.*)|(?<end>---\\[ end Kernel panic).*|(?<orderly>reboot: ).*)");

    private final ConsoleSink next;
    private final Runnable onStuck;
    private final byte[] line = new byte[LINE];
    private int length;
    private @Nullable String panic;

    /** @param onStuck called when the kernel has panicked, has said all, and will do nothing more */
    KernelMessages(ConsoleSink next, Runnable onStuck) {
        this.next = next;
        this.onStuck = onStuck;
    }

    /** What the kernel has panicked for, if it has. Any thread. */
    synchronized Optional<String> panic() {
        return Optional.ofNullable(panic);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        next.write(bytes, offset, length);
        for (int i = offset; i < offset + length; i++) {
            listen(bytes[i]);
        }
    }

    private void listen(byte each) {
        if (each == '\n') {
            String text = new String(line, 0, length, StandardCharsets.ISO_8859_1).stripTrailing();
            length = 0;
            understand(WORDS.matcher(text));
        } else if (length < LINE) {
            line[length++] = each;
        }
    }

    private void understand(Matcher words) {
        if (!words.matches()) {
            return;
        }
        synchronized (this) {
            if (words.group("panic") != null) {
                panic = words.group("panic").replaceAll("\\p{Cntrl}", "?");
            } else if (words.group("orderly") != null) {
                panic = null;
            }
        }
        if (words.group("end") != null) {
            onStuck.run();
        }
    }
}
