package io.paravert.platform.boot;

import io.paravert.abi.Limit;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestFileException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What a kernel is given beside itself.
 *
 * @param commandLine without NUL, at most 4095 bytes as UTF-8; may be empty
 * @param modules files placed in memory, the first being the initial RAM disk
 * @param firmware what writes the ACPI tables
 */
public record BootRequest(String commandLine, List<GuestFile> modules, Firmware firmware) {
    /** @throws GuestFileException if the command line is too long or has a NUL */
    public BootRequest {
        modules = List.copyOf(modules);
        if (commandLine.indexOf('\0') >= 0) {
            throw new GuestFileException("kernel command line contains a NUL character; leave it out");
        }
        refuseLonger(commandLine, Limit.COMMAND_LINE_BYTES, "a guest");
    }

    void requireCommandLine(long limit, String kernel) {
        refuseLonger(commandLine, limit, kernel);
    }

    private static void refuseLonger(String line, long limit, String who) {
        int length = line.getBytes(StandardCharsets.UTF_8).length;
        if (length > limit) {
            throw new GuestFileException(
                    "kernel command line of " + length + " bytes: " + who + " takes at most " + limit);
        }
    }

    byte[] terminatedCommandLine() {
        byte[] text = commandLine.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(text, text.length + 1);
    }
}
