package io.paravert.memory;

import com.sun.jna.Native;

/**
 * mmap(2), madvise(2) and munmap(2). Native, because the JDK cannot map anonymous pages lazily; safe, because the arguments come from
 * {@link HostMapping} only.
 */
final class LinuxMemory {
    static {
        Native.register(LinuxMemory.class, "c");
    }

    private LinuxMemory() {}

    /** Returns -1 on failure; errno by {@link Native#getLastError()}. */
    static native long mmap(long address, long length, int protection, int flags, int fd, long offset);

    static native int munmap(long address, long length);

    static native int madvise(long address, long length, int advice);
}
