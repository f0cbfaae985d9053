package io.paravert.kvm;

import com.sun.jna.Native;

/**
 * The C library's functions that KVM needs, by JNA's direct mapping: primitives only, so that a call copies nothing and
 * allocates nothing. Native, because the JDK has no ioctl(2). Safe, because only this room calls it, with addresses of
 * memory that outlives the call. Each returns -1 on failure; {@link #errno} belongs to the thread's last call. Any thread.
 */
final class Libc {
    static final int O_RDWR = 2;
    static final int O_CLOEXEC = 0x80000;
    static final int PROT_READ_WRITE = 1 | 2;
    static final int MAP_SHARED = 1;
    static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLLIN = 1;
    static final int SIG_UNBLOCK = 1;

    static final long SYS_GETPID = 39;
    static final long SYS_GETTID = 186;
    static final long SYS_TGKILL = 234;

    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    static int errno() {
        return Native.getLastError();
    }

    static native int open(long path, int flags);

    static native int close(int fd);

    static native int ioctl(int fd, long request, long argument);

    static native long mmap(long address, long length, int protection, int flags, int fd, long offset);

    static native int munmap(long address, long length);

    static native long read(int fd, long buffer, long bytes);

    static native long write(int fd, long buffer, long bytes);

    static native int eventfd(int initial, int flags);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epoll, int operation, int fd, long event);

    static native int epoll_wait(int epoll, long events, int capacity, int milliseconds);

    static native int sigaction(int signal, long action, long oldAction);

    static native int pthread_sigmask(int how, long set, long oldSet);

    static native long syscall(long number, long a, long b, long c);
}
