package io.paravert.vmm.bus;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One machine's log for what a guest or a device can cause as often as it likes: a burst of lines, then a few a second; what
 * was left out is counted in the next line. Any thread.
 */
public final class RateLimitedLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.paravert.vmm");
    private static final int BURST = 20;
    private static final long NANOS_PER_LINE = 500_000_000;

    private final String prefix;
    private long tokens = BURST;
    private long refilled = System.nanoTime();
    private long suppressed;

    /** @param vm name that every line begins with */
    public RateLimitedLog(String vm) {
        this.prefix = vm + ": ";
    }

    /** @param line made only if it is shown */
    public void warn(Supplier<String> line) {
        long missing;
        synchronized (this) {
            long now = System.nanoTime();
            long earned = (now - refilled) / NANOS_PER_LINE;
            if (earned > 0) {
                tokens = Math.min(BURST, tokens + earned);
                refilled += earned * NANOS_PER_LINE;
            }
            if (tokens == 0) {
                suppressed++;
                return;
            }
            tokens--;
            missing = suppressed;
            suppressed = 0;
        }
        String more = missing == 0 ? "" : " (" + missing + " lines before this one were left out)";
        LOG.warn("{}{}{}", prefix, line.get(), more);
    }
}
