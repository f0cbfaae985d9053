package io.paravert.cli;

import io.paravert.platform.PcBoard;
import java.nio.file.Path;
import java.util.List;

/**
 * A kernel that {@code run --kernel} is to start, and its machine's board.
 *
 * @param modules the first is the initial RAM disk; may be empty
 * @param disks raw images, the first being vda
 * @param bus how virtio devices are reached
 */
record KernelRequest(Path kernel, List<Path> modules, String commandLine, List<Path> disks, PcBoard.Bus bus) {
    KernelRequest {
        modules = List.copyOf(modules);
        disks = List.copyOf(disks);
    }

    /** For people. */
    String name() {
        return String.valueOf(kernel.getFileName());
    }
}
