package io.paravert.kvm;

import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.EngineException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for the engine's eventfds and runs their listeners. It is started by the first eventfd and ends with
 * the engine. Any thread may call it.
 */
final class EventPoller implements AutoCloseable {
    // struct epoll_event, packed: 32 bits of events, 64 bits of data.
    private static final int EVENT_SIZEOF = 12;
    private static final int EVENT_DATA = 4;
    private static final int MAX_EVENTS = 64;

    private @Nullable Poll poll;
    private boolean closed;

    /** Makes an eventfd whose every signal runs the listener, one or more signals at a time. */
    synchronized Registration register(Runnable listener) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        if (poll == null) {
            poll = new Poll();
            poll.start();
        }
        return poll.add(listener);
    }

    @Override
    public void close() {
        Poll running;
        synchronized (this) {
            closed = true;
            running = poll;
            poll = null;
        }
        if (running != null) {
            running.stop();
        }
    }

    /** An eventfd and its listener. After {@link #close} the listener does not run. */
    static final class Registration implements AutoCloseable {
        private final Poll poll;
        private final int fd;
        private final Runnable listener;
        private boolean closed;

        Registration(Poll poll, int fd, Runnable listener) {
            this.poll = poll;
            this.fd = fd;
            this.listener = listener;
        }

        int fd() {
            return fd;
        }

        /** On the poller's thread. */
        synchronized void signalled(long buffer) {
            // A signal of an earlier eventfd of the same number finds nothing to read.
            if (closed || Libc.read(fd, buffer, 8) != 8) {
                return;
            }
            try {
                listener.run();
            } catch (RuntimeException e) {
                // Asked for only here: to set up logging is dearer than to open the engine.
                LoggerFactory.getLogger(EventPoller.class).error("a doorbell's listener failed", e);
            }
        }

        @Override
        public void close() {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            poll.remove(this);
            Libc.close(fd);
        }
    }

    /** The epoll instance and its thread. */
    private static final class Poll {
        private final int epoll;
        private final int stopFd;
        private final Scratch scratch = new Scratch(EVENT_SIZEOF);
        private final Thread thread = new Thread(this::loop, "paravert-kvm-events");
        private volatile @Nullable Registration[] byFd = new Registration[64];
        private volatile boolean stopped;

        Poll() {
            epoll = checked(Libc.epoll_create1(Libc.EPOLL_CLOEXEC), "epoll_create1");
            stopFd = checked(Libc.eventfd(0, Libc.EFD_NONBLOCK_CLOEXEC), "eventfd");
            control(Libc.EPOLL_CTL_ADD, stopFd);
            thread.setDaemon(true);
        }

        void start() {
            thread.start();
        }

        synchronized Registration add(Runnable listener) {
            int fd = checked(Libc.eventfd(0, Libc.EFD_NONBLOCK_CLOEXEC), "eventfd");
            Registration registration = new Registration(this, fd, listener);
            @Nullable Registration[] now = byFd;
            @Nullable Registration[] next = Arrays.copyOf(now, Math.max(now.length, fd + 1));
            next[fd] = registration;
            byFd = next;
            control(Libc.EPOLL_CTL_ADD, fd);
            return registration;
        }

        synchronized void remove(Registration registration) {
            if (!stopped) {
                control(Libc.EPOLL_CTL_DEL, registration.fd);
            }
            @Nullable Registration[] next = byFd.clone();
            next[registration.fd] = null;
            byFd = next;
        }

        private void control(int operation, int fd) {
            long event = scratch.zeroed(EVENT_SIZEOF);
            RawMemory.putInt(event, Libc.EPOLLIN);
            RawMemory.putLong(event + EVENT_DATA, fd);
            checked(Libc.epoll_ctl(epoll, operation, fd, event), "epoll_ctl");
        }

        private void loop() {
            try (Scratch buffer = new Scratch(MAX_EVENTS * EVENT_SIZEOF + 8)) {
                long events = buffer.zeroed(MAX_EVENTS * EVENT_SIZEOF + 8);
                long value = events + MAX_EVENTS * EVENT_SIZEOF;
                while (!stopped) {
                    int ready = Libc.epoll_wait(epoll, events, MAX_EVENTS, -1);
                    @Nullable Registration[] now = byFd;
                    for (int i = 0; i < ready; i++) {
                        int fd = (int) RawMemory.getLong(events + (long) i * EVENT_SIZEOF + EVENT_DATA);
                        Registration registration = fd < now.length ? now[fd] : null;
                        if (registration != null) {
                            registration.signalled(value);
                        }
                    }
                }
            }
        }

        void stop() {
            synchronized (this) {
                stopped = true;
            }
            try (Scratch one = new Scratch(8)) {
                long value = one.zeroed(8);
                RawMemory.putLong(value, 1);
                Libc.write(stopFd, value, 8);
            }
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            Libc.close(stopFd);
            Libc.close(epoll);
            scratch.close();
        }

        private static int checked(int result, String call) {
            if (result < 0) {
                throw new EngineException(
                        call + " failed (" + Errno.describe(Libc.errno()) + ")",
                        "raise the limit of open files (ulimit -n), or use fewer devices");
            }
            return result;
        }
    }
}
