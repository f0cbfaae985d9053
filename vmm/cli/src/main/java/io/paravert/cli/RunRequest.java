package io.paravert.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code run} was asked for.
 *
 * @param guest an example's name or a file; with a kernel, its name
 * @param kernel null for a guest of the framework
 * @param memoryBytes as given, unchecked
 * @param vcpus as given, unchecked; null for what the guest wants
 * @param devices as {@code --device} takes them
 * @param plugins jars and folders of plugins; empty for the folder {@code plugins}, if there is one
 * @param watchPlugins whether a plugin whose jar changes is loaded anew while the guest runs
 * @param stats what the summary is to tell beside the usual
 * @param dumpRegions null for nowhere
 * @param timeout zero for none
 * @param json null for no record, {@link RunCommand#STANDARD_ERROR}, or a file
 */
record RunRequest(
        String guest,
        @Nullable KernelRequest kernel,
        EngineChoice engine,
        long memoryBytes,
        @Nullable Integer vcpus,
        List<String> devices,
        List<Path> plugins,
        boolean watchPlugins,
        boolean traceExits,
        Set<RunCommand.Stats> stats,
        @Nullable Path dumpRegions,
        Duration timeout,
        @Nullable String json,
        boolean verbose) {

    /** Whether a guest that asks for a reboot is started again. */
    boolean restarts() {
        return kernel != null && kernel.restarts();
    }

    /** Whether standard error is for the record and nothing else. */
    boolean jsonOnStandardError() {
        return RunCommand.STANDARD_ERROR.equals(json);
    }
}
