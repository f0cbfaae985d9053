package io.paravert.soft.vcpu;

import io.paravert.soft.memory.CodeWatch;
import io.paravert.soft.state.Pending;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What other threads have to tell a vCPU about memory; it reads that before its next block. Posting is for any thread, reading for
 * the vCPU's own.
 */
public final class Mailbox implements CodeWatch.Listener {
    private enum Subject {
        WRITTEN,
        MARKED,
        FLUSH
    }

    private record Letter(Subject subject, long page) {}

    /** Letters that may wait; when more come, everything is forgotten instead. */
    private static final int MOST_LETTERS = 4096;

    private final Pending pending;
    private final AtomicInteger waiting = new AtomicInteger();
    private final ConcurrentLinkedQueue<Letter> letters = new ConcurrentLinkedQueue<>();

    Mailbox(Pending pending) {
        this.pending = pending;
    }

    @Override
    public void codeWritten(long page) {
        post(new Letter(Subject.WRITTEN, page));
    }

    @Override
    public void codeMarked(long page) {
        post(new Letter(Subject.MARKED, page));
    }

    /** All translations are out of date: the guest-physical map has changed. */
    public void flush() {
        post(new Letter(Subject.FLUSH, 0));
    }

    /** A vCPU that sleeps or is paused reads nothing, while others write code as fast as they can. */
    private void post(Letter letter) {
        if (waiting.incrementAndGet() <= MOST_LETTERS) {
            letters.add(letter);
        }
        pending.raise(Pending.MAIL);
    }

    /** Acts on everything posted. */
    public void read(Core core) {
        core.cpu.pending.clear(Pending.MAIL);
        if (waiting.getAndSet(0) > MOST_LETTERS) {
            letters.clear();
            forgetEverything(core);
            return;
        }
        for (Letter letter = letters.poll(); letter != null; letter = letters.poll()) {
            switch (letter.subject) {
                case WRITTEN -> core.code.codeWritten(letter.page);
                case FLUSH -> core.flushTranslations();
                case MARKED -> {
                    // Until now this vCPU could store there unseen, and may have.
                    if (core.mmu.watch(letter.page)) {
                        core.machine.codeWatch().written(letter.page, 4096);
                    }
                }
            }
        }
    }

    /** As if every letter had come for every page. */
    private static void forgetEverything(Core core) {
        core.mmu.reportStorable(page -> core.machine.codeWatch().written(page, 4096));
        core.flushTranslations();
        core.code.forgetAll();
    }
}
