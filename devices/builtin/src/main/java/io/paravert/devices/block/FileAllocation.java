package io.paravert.devices.block;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which parts of a file have storage: Linux's fallocate(2). Native, because the JDK has no way to punch a hole. Safe, because the
 * descriptor is this object's own, and no memory but a path is handed over.
 */
final class FileAllocation {
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final int ZERO_RANGE = 0x10;

    private final int fd;

    private FileAllocation(int fd) {
        this.fd = fd;
    }

    /** The C library's functions, bound when a file is first opened on Linux. */
    private static final class Libc {
        static {
            Native.register(Libc.class, "c");
        }

        private Libc() {}

        static native int open(byte[] path, int flags);

        static native int close(int fd);

        static native int fallocate(int fd, int mode, long offset, long length);
    }

    /** Empty where there is no such call, or the file cannot be opened again. */
    static Optional<FileAllocation> open(Path file) {
        if (!Platform.isLinux()) {
            return Optional.empty();
        }
        byte[] path = file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        int fd = Libc.open(Arrays.copyOf(path, path.length + 1), O_RDWR | O_CLOEXEC);
        return fd < 0 ? Optional.empty() : Optional.of(new FileAllocation(fd));
    }

    /** False if the file system cannot. */
    boolean punchHole(long position, long bytes) {
        return Libc.fallocate(fd, PUNCH_HOLE | KEEP_SIZE, position, bytes) == 0;
    }

    /** False if the file system cannot. */
    boolean zeroRange(long position, long bytes) {
        return Libc.fallocate(fd, ZERO_RANGE | KEEP_SIZE, position, bytes) == 0;
    }

    void close() {
        Libc.close(fd);
    }
}
