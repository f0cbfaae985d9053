package io.paravert.soft.system;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.vcpu.Core;

/** Reading and marking descriptors in GDT and LDT; accesses are the processor's own. */
final class DescriptorTables {
    private static final int LDT_INDICATOR = 4;

    private DescriptorTables() {}

    static boolean isNull(int selector) {
        return (selector & 0xfffc) == 0;
    }

    /**
     * The first eight bytes of a descriptor.
     *
     * @param vector of the fault when the selector points outside its table; the error code is the selector
     * @param external 1 if the event being delivered comes from outside the program, else 0
     */
    static long read(Core core, int selector, int vector, int external) {
        return readSystem(core, place(core, selector, 8, vector, external));
    }

    /** Upper half of a 16-byte descriptor (long mode). */
    static long readUpper(Core core, int selector, int vector, int external) {
        return readSystem(core, place(core, selector, 16, vector, external) + 8);
    }

    /** True if eight bytes at the selector lie within its table. */
    static boolean isWithin(Core core, int selector) {
        Cpu cpu = core.cpu;
        long end = (selector & 0xfff8) + 7;
        if ((selector & LDT_INDICATOR) != 0) {
            Segment ldt = cpu.segments[Segment.LDTR];
            return ldt.usable() && end <= ldt.limit;
        }
        return end <= cpu.gdtLimit;
    }

    private static long place(Core core, int selector, int bytes, int vector, int external) {
        Cpu cpu = core.cpu;
        Segment ldt = cpu.segments[Segment.LDTR];
        boolean local = (selector & LDT_INDICATOR) != 0;
        long limit = local ? (ldt.usable() ? ldt.limit : -1) : cpu.gdtLimit;
        long index = selector & 0xfff8;
        if (index + bytes - 1 > limit) {
            throw cpu.fault(vector, selector & 0xfffc | external);
        }
        return linear(cpu, (local ? ldt.base : cpu.gdtBase) + index);
    }

    /** System tables lie in 32-bit linear space outside long mode. */
    static long linear(Cpu cpu, long address) {
        return cpu.isLong() ? address : address & 0xffff_ffffL;
    }

    static long readSystem(Core core, long linear) {
        return readSystem(core, linear, 8);
    }

    static long readSystem(Core core, long linear, int bytes) {
        return core.mmu.loadSystem(linear(core.cpu, linear), bytes);
    }

    static void writeSystem(Core core, long linear, int bytes, long value) {
        core.mmu.beginSystemAccess();
        try {
            core.memory.store(linear(core.cpu, linear), bytes, value);
        } finally {
            core.mmu.endSystemAccess();
        }
    }

    /** Sets the accessed bit of a segment descriptor, if it is clear. */
    static void markAccessed(Core core, int selector, long raw) {
        if ((raw >>> 40 & Segment.ACCESSED) == 0) {
            changeType(core, selector, Segment.ACCESSED, 0);
        }
    }

    /** Sets and clears bits of a descriptor's type byte, atomically. The selector has been checked. */
    static void changeType(Core core, int selector, int set, int clear) {
        long type = place(core, selector, 8, 0, 0) + 5;
        core.mmu.beginSystemAccess();
        try {
            long old;
            do {
                old = core.memory.loadForUpdate(type, 1);
            } while (!core.memory.compareAndSet(type, 1, old, old & ~clear | set));
        } finally {
            core.mmu.endSystemAccess();
        }
    }
}
