package io.paravert.kvm;

import io.paravert.vmm.engine.EngineVcpu;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a probe's vCPU on a thread of its own, because there are kernels where an instruction never ends. The caller's thread is
 * the watchdog: when the time is up, it kicks the vCPU, which gets it back even then.
 */
final class Watchdog {
    /** What a kick needs at the most, milliseconds. */
    static final long KICK_MILLIS = 500;

    private volatile @Nullable EngineVcpu running;
    private boolean timeUp;

    private Watchdog() {}

    /**
     * @param probe what to do; it calls {@link #begin} before it runs its vCPU; what it throws is lost, it counts as a hang
     * @param millis how long it may take
     * @return its result, or null if not even a kick got it back
     */
    static <T> @Nullable T watch(Function<Watchdog, T> probe, long millis) {
        Watchdog watchdog = new Watchdog();
        Result<T> result = new Result<>();
        Thread thread = new Thread(() -> result.value = probe.apply(watchdog), "paravert-kvm-probe");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = join(thread, millis);
        if (thread.isAlive()) {
            watchdog.stop();
            interrupted |= join(thread, KICK_MILLIS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result.value;
    }

    private static final class Result<T> {
        volatile @Nullable T value;
    }

    /** Names the vCPU that is about to run, on its thread; false if the time is up already. */
    synchronized boolean begin(EngineVcpu vcpu) {
        running = vcpu;
        return !timeUp;
    }

    private synchronized void stop() {
        timeUp = true;
        EngineVcpu vcpu = running;
        if (vcpu != null) {
            vcpu.kick();
        }
    }

    /** Waits no longer than told, whoever interrupts; returns whether somebody did. */
    private static boolean join(Thread thread, long millis) {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; left > 0 && thread.isAlive(); ) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
        return interrupted;
    }
}
