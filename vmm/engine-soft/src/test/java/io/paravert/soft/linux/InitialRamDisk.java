package io.paravert.soft.linux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the archive that a kernel unpacks as its first root (Linux, Documentation/driver-api/early-userspace/buffer-format.rst). */
public final class InitialRamDisk {
    private static final int DIRECTORY = 0040755;
    private static final int PROGRAM = 0100755;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int inode = 1;

    /** What a shell needs: busybox, and places to mount things. */
    public static InitialRamDisk ofBusybox(byte[] busybox) {
        return new InitialRamDisk()
                .directory("bin")
                .directory("proc")
                .directory("sys")
                .directory("dev")
                .program("bin/busybox", busybox);
    }

    public InitialRamDisk directory(String name) {
        return entry(name, DIRECTORY, new byte[0]);
    }

    public InitialRamDisk program(String name, byte[] content) {
        return entry(name, PROGRAM, content);
    }

    public byte[] bytes() {
        entry("TRAILER!!!", 0, new byte[0]);
        return out.toByteArray();
    }

    private InitialRamDisk entry(String name, int mode, byte[] content) {
        int[] fields = {inode++, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length() + 1, 0};
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append(String.format("%08x", field));
        }
        write(header.append(name).append('\0').toString().getBytes(StandardCharsets.US_ASCII));
        write(content);
        return this;
    }

    /** What follows begins at a multiple of four. */
    private void write(byte[] bytes) {
        out.writeBytes(bytes);
        while (out.size() % 4 != 0) {
            out.write(0);
        }
    }
}
