package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;

/** A file descriptor of KVM: the device, a VM or a vCPU. Closing it is idempotent. */
final class KvmFd implements AutoCloseable {
    private final int number;
    private boolean closed;

    KvmFd(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Returns what the kernel answered, 0 or more; {@code what} says what the call is about, for the error. */
    int ioctl(Ioctl call, long argument, String what) {
        int result = tryIoctl(call, argument);
        if (result < 0) {
            throw KvmErrors.ioctl(call, -result, what);
        }
        return result;
    }

    /** Returns what the kernel answered, or the negative errno. A call that a signal interrupted is made again. */
    int tryIoctl(Ioctl call, long argument) {
        while (true) {
            int result = Libc.ioctl(number, call.request(), argument);
            if (result >= 0) {
                return result;
            }
            int errno = Libc.errno();
            if (errno != Errno.EINTR) {
                return -errno;
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Libc.close(number);
        }
    }
}
