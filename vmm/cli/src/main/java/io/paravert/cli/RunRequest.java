package io.paravert.cli;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code run} was asked for.
 *
 * @param guest an example's name or a file
 * @param memoryBytes as given, unchecked
 * @param vcpus as given, unchecked; null for what the guest wants
 * @param devices as {@code --device} takes them
 * @param timeout zero for none
 * @param json null for no record, {@link RunCommand#STANDARD_ERROR}, or a file
 */
record RunRequest(
        String guest,
        EngineChoice engine,
        long memoryBytes,
        @Nullable Integer vcpus,
        List<String> devices,
        boolean traceExits,
        Duration timeout,
        @Nullable String json,
        boolean verbose) {

    /** Whether standard error is for the record and nothing else. */
    boolean jsonOnStandardError() {
        return RunCommand.STANDARD_ERROR.equals(json);
    }
}
