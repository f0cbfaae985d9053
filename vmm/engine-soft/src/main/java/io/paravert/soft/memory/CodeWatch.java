package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps decoded code, shadow page tables and guest memory in step, over all vCPUs and devices of a machine. Any thread.
 *
 * <p>Who decodes marks first and reads the bytes afterwards; who stores stores first and looks at the mark afterwards, with a full
 * fence between the two on either side: one of them sees the other. A vCPU may still hold a translation that lets it store
 * unseen into a page that has just been marked; it is told to drop it. Pages of code are marked while no other vCPU runs
 * guest code, and each reads its mail before it runs on.
 */
public final class CodeWatch {
    /** A vCPU's side. Called on any thread; must only take note. */
    public interface Listener {
        /** Decoded code of this page is out of date. */
        void codeWritten(long page);

        /** The page holds code from now on: stores to it must be reported. */
        void codeMarked(long page);
    }

    /** Keeps what it derived from the guest's page tables. Called on any thread; must only take note. */
    public interface TableListener {
        /** This table is out of date, and no longer protected. */
        void tableWritten(long page);
    }

    private final GuestPhysical physical;
    private final List<TableListener> tableListeners = new CopyOnWriteArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    CodeWatch(GuestPhysical physical) {
        this.physical = physical;
    }

    public void add(Listener listener) {
        listeners.add(listener);
    }

    public void remove(Listener listener) {
        listeners.remove(listener);
    }

    void addTables(TableListener listener) {
        tableListeners.add(listener);
    }

    void removeTables(TableListener listener) {
        tableListeners.remove(listener);
    }

    /**
     * To be called before an entry of a guest's page table is read for a shadow: stores to that page are reported from now on.
     *
     * @return whether they were not so far; then the caller must stop storing unseen itself
     */
    boolean shadowing(long page, Listener self) {
        boolean fresh = physical.markTable(page);
        if (fresh) {
            tellMarked(page, self);
        }
        return fresh;
    }

    private void tellMarked(long page, Listener self) {
        for (Listener listener : listeners) {
            if (listener != self) {
                listener.codeMarked(page);
            }
        }
    }

    /** The 64-byte lines of a page that {@code bytes} bytes at {@code gpa} touch; they must not pass its end. */
    public static long lines(long gpa, int bytes) {
        int first = (int) gpa >>> 6 & 63;
        int last = (int) (gpa + bytes - 1) >>> 6 & 63;
        return -1L << first & -1L >>> (63 - last);
    }

    /**
     * To be called before the bytes are read for decoding. If the page held no code so far, all listeners but {@code self} are told,
     * while they run no guest code: so none stores unseen from then on, and who patches code and then says so is not overtaken.
     *
     * @return whether the page held none; then the caller must stop storing unseen itself
     * @throws io.paravert.soft.state.Unwind if another vCPU holds the bus: decode later
     */
    public boolean decoding(long gpa, int bytes, Listener self, BusLock.Agent bus) {
        if (physical.markMoreCode(gpa, lines(gpa, bytes))) {
            return false;
        }
        bus.lock();
        try {
            boolean fresh = physical.markCode(gpa, lines(gpa, bytes));
            if (fresh) {
                tellMarked(gpa & -GuestPhysical.PAGE, self);
            }
            return fresh;
        } finally {
            bus.unlock();
        }
    }

    /**
     * To be called after {@code bytes} bytes at {@code gpa}, which pass no page's end, were written by whomever.
     *
     * @return true if nothing but the dirty log wanted to know, and that has now been told
     */
    public boolean written(long gpa, int bytes) {
        RawMemory.fullFence();
        long entry = physical.entry(gpa);
        if ((entry & GuestPhysical.LOGGED) != 0) {
            physical.clearLogged(gpa);
            if ((entry & GuestPhysical.REPORTED) == GuestPhysical.LOGGED) {
                return true;
            }
        }
        if ((entry & GuestPhysical.TABLE) != 0 && physical.clearTable(gpa)) {
            for (TableListener listener : tableListeners) {
                listener.tableWritten(gpa & -GuestPhysical.PAGE);
            }
        }
        if ((entry & GuestPhysical.CODE) != 0 && physical.clearCode(gpa, lines(gpa, bytes))) {
            long page = gpa & -GuestPhysical.PAGE;
            for (Listener listener : listeners) {
                listener.codeWritten(page);
            }
        }
        return false;
    }

    /** Like {@link #written}, for a range of any length. */
    public void writtenRange(long gpa, long bytes) {
        for (long at = gpa; at < gpa + bytes; ) {
            long rest = Math.min(GuestPhysical.PAGE - (at & (GuestPhysical.PAGE - 1)), gpa + bytes - at);
            written(at, (int) rest);
            at += rest;
        }
    }

    /** True if {@code bytes} bytes at {@code gpa}, which pass no page's end, touch decoded code. */
    public boolean hasCode(long gpa, int bytes) {
        return physical.hasCode(gpa, lines(gpa, bytes));
    }
}
