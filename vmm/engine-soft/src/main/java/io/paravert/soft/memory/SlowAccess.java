package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Unwind;
import io.paravert.soft.state.Vector;

/**
 * The slow half of {@link LinearMemory}: walks the page tables, fills the TLB, splits what crosses a page, checks alignment and
 * watchpoints, and sends accesses without memory behind them to the {@link AccessLog}. vCPU thread only.
 */
final class SlowAccess {
    private static final long PAGE = GuestPhysical.PAGE;

    private final Cpu cpu;
    private final Tlb tlb;
    private final Paging paging;
    private final MemoryVirtualization virtualization;
    private final GuestPhysical physical;
    private final CodeWatch watch;
    private final AccessLog log;
    private final Doorbells doorbells;
    private final EngineDevices devices;
    private final Atomics atomics;

    /** USER for accesses of privilege 3, else 0. */
    private int privilege;

    private long key;
    private boolean alignmentChecked;

    /** Of the last {@link #locate}: guest-physical address, and whether a store must be reported to the watch. */
    private long gpa;

    private boolean watched;

    SlowAccess(
            Cpu cpu,
            Tlb tlb,
            Paging paging,
            MemoryVirtualization virtualization,
            MachineMemory machine,
            AccessLog log,
            EngineDevices devices,
            BusLock.Agent bus) {
        this.cpu = cpu;
        this.tlb = tlb;
        this.paging = paging;
        this.virtualization = virtualization;
        this.physical = machine.physical();
        this.watch = machine.codeWatch();
        this.doorbells = machine.doorbells();
        this.log = log;
        this.devices = devices;
        this.atomics = new Atomics(this, bus);
    }

    Atomics atomics() {
        return atomics;
    }

    /** What the following accesses are made as. */
    void select(long newKey, boolean user, boolean smap, boolean checkAlignment) {
        key = newKey;
        privilege = user ? Paging.USER : 0;
        paging.smap = smap;
        alignmentChecked = checkAlignment;
    }

    long load(long va, int bytes) {
        checkAlignment(va, bytes);
        if (cpu.watchpoints != 0) {
            cpu.matchWatchpoints(va, bytes, false);
        }
        int first = bytesInPage(va, bytes);
        if (first == bytes) {
            return loadInPage(va, bytes);
        }
        long next = nextPage(va);
        checkCanonical(next);
        locate(va, Paging.READ);
        locate(next, Paging.READ);
        return loadInPage(va, first) | loadInPage(next, bytes - first) << 8 * first;
    }

    void store(long va, int bytes, long value) {
        checkAlignment(va, bytes);
        if (cpu.watchpoints != 0) {
            cpu.matchWatchpoints(va, bytes, true);
        }
        int first = bytesInPage(va, bytes);
        if (first == bytes) {
            storeInPage(va, bytes, value);
            return;
        }
        long next = nextPage(va);
        checkCanonical(next);
        boolean lowIsDevice = locate(va, Paging.WRITE) == 0;
        locate(next, Paging.WRITE);
        // Device space first: the instruction is then run again, and must find memory as it was.
        if (lowIsDevice) {
            storeInPage(va, first, value);
            storeInPage(next, bytes - first, value >>> 8 * first);
        } else {
            storeInPage(next, bytes - first, value >>> 8 * first);
            storeInPage(va, first, value);
        }
    }

    long loadStack(long va) {
        checkStack(va);
        checkStack(va + 7);
        return load(va, 8);
    }

    void storeStack(long va, long value) {
        checkStack(va);
        checkStack(va + 7);
        store(va, 8, value);
    }

    private void checkStack(long va) {
        if (va << 16 >> 16 != va) {
            throw cpu.fault(Vector.SS);
        }
    }

    void prepareStore(long va, int bytes) {
        if (bytesInPage(va, bytes) < bytes) {
            checkCanonical(nextPage(va));
        }
        locate(va, Paging.WRITE);
        if (bytesInPage(va, bytes) < bytes) {
            locate(nextPage(va), Paging.WRITE);
        }
    }

    /** Of what lies in the page of {@code va} and in the next. */
    void prepareLoad(long va) {
        checkCanonical(nextPage(va));
        locate(va, Paging.READ);
        locate(nextPage(va), Paging.READ);
    }

    /** Whether there is memory for a store of {@code bytes} bytes at {@code va}, to which it does not fault. */
    boolean isMemory(long va, int bytes) {
        return locate(va, Paging.WRITE) != 0
                && (bytesInPage(va, bytes) == bytes || locate(nextPage(va), Paging.WRITE) != 0);
    }

    private static int bytesInPage(long va, int bytes) {
        return (int) Math.min(bytes, PAGE - (va & (PAGE - 1)));
    }

    private long nextPage(long va) {
        long next = (va | (PAGE - 1)) + 1;
        if (cpu.is64()) {
            return next;
        }
        if (next > 0xffff_ffffL && (cpu.mode & CodeMode.FLAT) != 0) {
            // Past the limit of the flat segments, which are not checked.
            throw cpu.fault(GuestFault.NON_CANONICAL);
        }
        return next & 0xffff_ffffL;
    }

    private void checkAlignment(long va, int bytes) {
        if (alignmentChecked && (va & (bytes - 1)) != 0) {
            throw cpu.fault(Vector.AC);
        }
    }

    /** Host address for an access that stays within its page, or 0 if it is a device access. */
    long locate(long va, int access) {
        int s = Tlb.slot(va);
        long tag = va & -PAGE | key;
        boolean store = access == Paging.WRITE;
        watched = tlb.words[s + Tlb.WATCHED] == tag;
        if (tlb.words[s + (store ? Tlb.STORE : Tlb.LOAD)] == tag || watched) {
            gpa = tlb.page(s) | va & (PAGE - 1);
            return va + tlb.words[s + Tlb.ADDEND];
        }
        return fill(va, access);
    }

    private long fill(long va, int access) {
        checkCanonical(va);
        virtualization.walk(va, access | privilege);
        gpa = paging.gpa;
        long entry = physical.entry(gpa);
        boolean canStore = (entry & GuestPhysical.WRITABLE) != 0;
        if (entry == 0 || access == Paging.WRITE && !canStore) {
            return 0;
        }
        watched = (entry & GuestPhysical.REPORTED) != 0;
        long host = (entry & GuestPhysical.HOST) + (gpa & (PAGE - 1));
        if (key != Tlb.NO_KEY) {
            int tag = !canStore || !paging.writable ? -1 : watched ? Tlb.WATCHED : Tlb.STORE;
            tlb.enter(va, key, gpa, host, tag, paging.large, paging.global);
        }
        return host;
    }

    private void checkCanonical(long va) {
        if (cpu.isLong() && va << 16 >> 16 != va) {
            throw cpu.fault(GuestFault.NON_CANONICAL);
        }
    }

    /** Translates an instruction's address; the guest-physical one, or faults. */
    long translateFetch(long va) {
        checkCanonical(va);
        virtualization.walk(va, Paging.FETCH | privilege);
        return paging.gpa;
    }

    private long loadInPage(long va, int bytes) {
        long host = locate(va, Paging.READ);
        if (host == 0) {
            return devices.claims(gpa) ? devices.load(gpa, bytes) : log.loadMmio(gpa, bytes);
        }
        long value = rawLoad(host, bytes);
        MemoryOrder.afterLoad();
        return value;
    }

    private void storeInPage(long va, int bytes, long value) {
        long host = locate(va, Paging.WRITE);
        if (host == 0) {
            storeToDevice(bytes, value);
            return;
        }
        boolean report = watched;
        if (report) {
            refuseOwnCode(bytes);
        }
        MemoryOrder.beforeStore();
        rawStore(host, bytes, value);
        if (report && watch.written(gpa, bytes)) {
            tlb.forget(va);
        }
    }

    private void storeToDevice(int bytes, long value) {
        if (devices.claims(gpa)) {
            devices.store(gpa, bytes, value);
        } else if (physical.entry(gpa) != 0 || !doorbells.ring(true, gpa, bytes)) {
            log.storeMmio(gpa, bytes, value);
        }
    }

    /** After a {@link #locate} for a store: unwinds if it would change the block under way. */
    void refuseOwnCode(int bytes) {
        if (watched && cpu.codePage == (gpa & -PAGE) && watch.hasCode(gpa, bytes)) {
            throw Unwind.OWN_CODE_WRITE;
        }
    }

    /** After a {@link #locate} and the store that it was for. */
    void reportStore(int bytes) {
        if (watched) {
            watch.written(gpa, bytes);
        }
    }

    private static long rawLoad(long host, int bytes) {
        return switch (bytes) {
            case 1 -> RawMemory.getByte(host) & 0xff;
            case 2 -> RawMemory.getShort(host) & 0xffff;
            case 4 -> RawMemory.getInt(host) & 0xffff_ffffL;
            case 8 -> RawMemory.getLong(host);
            default -> {
                long value = 0;
                for (int i = 0; i < bytes; i++) {
                    value |= (RawMemory.getByte(host + i) & 0xffL) << 8 * i;
                }
                yield value;
            }
        };
    }

    private static void rawStore(long host, int bytes, long value) {
        switch (bytes) {
            case 1 -> RawMemory.putByte(host, (byte) value);
            case 2 -> RawMemory.putShort(host, (short) value);
            case 4 -> RawMemory.putInt(host, (int) value);
            case 8 -> RawMemory.putLong(host, value);
            default -> {
                for (int i = 0; i < bytes; i++) {
                    RawMemory.putByte(host + i, (byte) (value >>> 8 * i));
                }
            }
        }
    }
}
