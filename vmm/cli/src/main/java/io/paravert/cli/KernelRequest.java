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
 * @param console where what is typed goes
 * @param restarts whether a reboot starts it again, rather than ending the run
 */
record KernelRequest(
        Path kernel,
        List<Path> modules,
        String commandLine,
        List<Path> disks,
        PcBoard.Bus bus,
        Console console,
        boolean restarts) {
    /** The device that a person types to. */
    enum Console {
        SERIAL("ttyS0"),
        VIRTIO("hvc0");

        private final String linuxName;

        Console(String linuxName) {
            this.linuxName = linuxName;
        }

        /** For Linux's command line. */
        String linuxName() {
            return linuxName;
        }
    }

    KernelRequest {
        modules = List.copyOf(modules);
        disks = List.copyOf(disks);
    }

    /** For people. */
    String name() {
        return String.valueOf(kernel.getFileName());
    }
}
