package io.paravert.kvm;

import java.util.Map;

/** Linux error numbers (asm-generic/errno.h) that KVM answers with. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int E2BIG = 7;
    static final int ENOEXEC = 8;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EFAULT = 14;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ENOTTY = 25;
    static final int ENOSPC = 28;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(EPERM, "EPERM, operation not permitted"),
            Map.entry(ENOENT, "ENOENT, no such file"),
            Map.entry(EINTR, "EINTR, interrupted"),
            Map.entry(EIO, "EIO, input/output error"),
            Map.entry(ENXIO, "ENXIO, no such device or address"),
            Map.entry(E2BIG, "E2BIG, argument list too long"),
            Map.entry(ENOEXEC, "ENOEXEC, not set up"),
            Map.entry(EBADF, "EBADF, bad file descriptor"),
            Map.entry(EAGAIN, "EAGAIN, try again"),
            Map.entry(ENOMEM, "ENOMEM, out of memory"),
            Map.entry(EACCES, "EACCES, permission denied"),
            Map.entry(EFAULT, "EFAULT, bad address"),
            Map.entry(EBUSY, "EBUSY, device busy"),
            Map.entry(EEXIST, "EEXIST, exists already"),
            Map.entry(ENODEV, "ENODEV, no such device"),
            Map.entry(EINVAL, "EINVAL, invalid argument"),
            Map.entry(ENFILE, "ENFILE, too many open files in the system"),
            Map.entry(EMFILE, "EMFILE, too many open files"),
            Map.entry(ENOTTY, "ENOTTY, no such ioctl"),
            Map.entry(ENOSPC, "ENOSPC, no space left"),
            Map.entry(ENOSYS, "ENOSYS, not implemented"),
            Map.entry(EOPNOTSUPP, "EOPNOTSUPP, not supported"));

    private Errno() {}

    /** Name and meaning, such as "EBUSY, device busy". */
    static String describe(int errno) {
        return NAMES.getOrDefault(errno, "errno " + errno);
    }
}
