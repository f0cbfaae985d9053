package io.paravert.kvm;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.EngineException;

/**
 * The real-time signal that gets a thread out of KVM_RUN. KVM leaves the guest only for a signal that is not ignored, so
 * it needs a handler; a Java callback would run Java in the middle of anything, so the handler is libc's {@code getpid},
 * which does nothing at all. The JVM uses no real-time signals; one that somebody else has claimed is left alone.
 */
final class KickSignal {
    // struct sigaction of the C library: handler, mask, flags, restorer.
    private static final int HANDLER = 0;
    private static final int FLAGS = 136;
    private static final int SIGACTION_SIZEOF = 152;

    /** System calls of the JVM's that the signal hits go on by themselves. */
    private static final int SA_RESTART = 0x1000_0000;

    private static final int FIRST = 44;
    private static final int LAST = 63;
    private static final int SIGSET_BYTES = 128;

    private static final NativeLibrary LIBC = NativeLibrary.getInstance("c");
    private static final int NUMBER = claim();
    private static final int PROCESS = (int) Libc.syscall(Libc.SYS_GETPID, 0, 0, 0);

    private KickSignal() {}

    private static int claim() {
        try (Scratch scratch = new Scratch(SIGACTION_SIZEOF)) {
            for (int signal = FIRST; signal <= LAST; signal++) {
                long action = scratch.zeroed(SIGACTION_SIZEOF);
                if (Libc.sigaction(signal, 0, action) == 0 && RawMemory.getLong(action + HANDLER) == 0) {
                    action = scratch.zeroed(SIGACTION_SIZEOF);
                    RawMemory.putLong(action + HANDLER, Pointer.nativeValue(LIBC.getFunction("getpid")));
                    RawMemory.putInt(action + FLAGS, SA_RESTART);
                    if (Libc.sigaction(signal, action, 0) == 0) {
                        return signal;
                    }
                }
            }
        }
        throw new EngineException(
                "every real-time signal from " + FIRST + " to " + LAST + " has a handler already",
                "something else in this JVM has claimed them: run the engine without it");
    }

    /** Makes sure that the calling thread takes the signal, and returns the thread's number for {@link #send}. */
    static int prepareThread() {
        try (Scratch scratch = new Scratch(SIGSET_BYTES)) {
            long set = scratch.zeroed(SIGSET_BYTES);
            RawMemory.putLong(set, 1L << (NUMBER - 1));
            Libc.pthread_sigmask(Libc.SIG_UNBLOCK, set, 0);
        }
        return (int) Libc.syscall(Libc.SYS_GETTID, 0, 0, 0);
    }

    /** Any thread. A thread that has ended, or whose number another one has got, takes no harm. */
    static void send(int thread) {
        Libc.syscall(Libc.SYS_TGKILL, PROCESS, thread, NUMBER);
    }
}
