package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A file descriptor of KVM: the device, a VM, a vCPU or an eventfd. Any thread. Closing it is idempotent and waits for calls
 * under way, so that none reaches a file that has got the same number afterwards. (KVM_RUN, which may last for ever, is not
 * made here but by the vCPU's own thread, which also closes its descriptor.)
 */
final class KvmFd implements AutoCloseable {
    private final int number;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
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
        use.readLock().lock();
        try {
            if (closed) {
                return -Errno.EBADF;
            }
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
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                Libc.close(number);
            }
        } finally {
            use.writeLock().unlock();
        }
    }
}
