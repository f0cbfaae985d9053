package io.paravert.soft.system;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;

/** Loading segment registers in every mode (AMD APM vol. 2, 4.10.1 and 4.11). */
public final class SegmentLoads {
    /** Attributes that segments have in virtual-8086 mode: writable data of privilege 3. */
    private static final int VIRTUAL_8086 = 0xf3;

    private SegmentLoads() {}

    /** MOV or POP to ES, SS, DS, FS or GS, and what works like them. */
    public static void load(Core core, int index, int selector) {
        Cpu cpu = core.cpu;
        if (!cpu.usesDescriptors()) {
            loadReal(cpu, cpu.segments[index], selector);
        } else if (index == Segment.SS) {
            loadStack(core, selector);
        } else {
            loadData(core, index, selector);
        }
        core.contextChanged();
    }

    /** Real and virtual-8086 mode: the base follows from the selector, limit and attributes stay. */
    static void loadReal(Cpu cpu, Segment segment, int selector) {
        if (cpu.isVirtual8086()) {
            loadVirtual8086(segment, selector);
        } else {
            segment.set(selector, (long) selector << 4, segment.limit, segment.attributes);
        }
    }

    static void loadVirtual8086(Segment segment, int selector) {
        segment.set(selector, (long) selector << 4, 0xffff, VIRTUAL_8086);
    }

    private static void loadStack(Core core, int selector) {
        Cpu cpu = core.cpu;
        if (DescriptorTables.isNull(selector)) {
            if (!cpu.is64() || cpu.cpl == 3 || (selector & 3) != cpu.cpl) {
                throw cpu.fault(Vector.GP);
            }
            loadNull(cpu.ss(), selector);
            cpu.ss().attributes |= cpu.cpl << 5;
            return;
        }
        long raw = checkedStack(core, selector, cpu.cpl, Vector.GP, 0);
        DescriptorTables.markAccessed(core, selector, raw);
        set(cpu.ss(), selector, raw);
    }

    /**
     * The descriptor of a stack segment for a privilege level.
     *
     * @param vector of the fault for a descriptor that will not do: #GP, or #TS when it comes from a task's state
     */
    static long checkedStack(Core core, int selector, int privilege, int vector, int external) {
        Cpu cpu = core.cpu;
        int code = selector & 0xfffc | external;
        long raw = DescriptorTables.read(core, selector, vector, external);
        boolean fits =
                (selector & 3) == privilege && Descriptor.isWritableData(raw) && Descriptor.dpl(raw) == privilege;
        if (!fits) {
            throw cpu.fault(vector, code);
        }
        if (!Descriptor.isPresent(raw)) {
            throw cpu.fault(Vector.SS, code);
        }
        return raw;
    }

    private static void loadData(Core core, int index, int selector) {
        Cpu cpu = core.cpu;
        if (DescriptorTables.isNull(selector)) {
            loadNull(cpu.segments[index], selector);
            return;
        }
        long raw = checkedData(core, selector, cpu.cpl, Vector.GP);
        DescriptorTables.markAccessed(core, selector, raw);
        set(cpu.segments[index], selector, raw);
    }

    static long checkedData(Core core, int selector, int cpl, int vector) {
        Cpu cpu = core.cpu;
        int code = selector & 0xfffc;
        long raw = DescriptorTables.read(core, selector, vector, 0);
        boolean privileged = !Descriptor.isConforming(raw) && Descriptor.dpl(raw) < Math.max(cpl, selector & 3);
        if (!Descriptor.isReadable(raw) || privileged) {
            throw cpu.fault(vector, code);
        }
        if (!Descriptor.isPresent(raw)) {
            throw cpu.fault(Vector.NP, code);
        }
        return raw;
    }

    /** An unusable segment; its base becomes 0, as CPUID 0x80000021 bit 6 says. */
    static void loadNull(Segment segment, int selector) {
        segment.set(selector, 0, 0, Segment.UNUSABLE);
    }

    static void set(Segment segment, int selector, long raw) {
        int attributes = Descriptor.attributes(raw);
        if (Descriptor.isSegment(raw)) {
            attributes |= Segment.ACCESSED;
        }
        segment.set(selector, Descriptor.base(raw), Descriptor.limit(raw), attributes);
    }

    /** A return to an outer level takes away segments that the level may not use (AMD APM vol. 2, 4.11.5). */
    static void dropInnerSegments(Cpu cpu) {
        for (int index : new int[] {Segment.ES, Segment.DS, Segment.FS, Segment.GS}) {
            Segment segment = cpu.segments[index];
            boolean conforming = segment.is(Segment.CODE) && segment.is(Segment.EXPAND_DOWN_OR_CONFORMING);
            if (segment.usable() && segment.dpl() < cpu.cpl && !conforming) {
                loadNull(segment, 0);
            }
        }
    }

    /** LLDT. */
    public static void loadLdt(Core core, int selector) {
        Cpu cpu = core.cpu;
        Segment ldt = cpu.segments[Segment.LDTR];
        if (DescriptorTables.isNull(selector)) {
            loadNull(ldt, selector);
            return;
        }
        long raw = systemDescriptor(core, selector, Vector.GP);
        if (Descriptor.isSegment(raw) || Descriptor.type(raw) != Descriptor.LDT) {
            throw cpu.fault(Vector.GP, selector & 0xfffc);
        }
        setSystem(core, ldt, selector, raw);
    }

    /** LTR: the TSS becomes busy. */
    public static void loadTask(Core core, int selector) {
        Cpu cpu = core.cpu;
        if (DescriptorTables.isNull(selector)) {
            throw cpu.fault(Vector.GP);
        }
        long raw = systemDescriptor(core, selector, Vector.GP);
        int type = Descriptor.type(raw);
        boolean available = type == Descriptor.TSS32 || type == Descriptor.TSS16 && !cpu.isLong();
        if (Descriptor.isSegment(raw) || !available) {
            throw cpu.fault(Vector.GP, selector & 0xfffc);
        }
        setSystem(core, cpu.segments[Segment.TR], selector, raw);
        DescriptorTables.changeType(core, selector, 2, 0);
        cpu.segments[Segment.TR].attributes |= 2;
    }

    private static long systemDescriptor(Core core, int selector, int vector) {
        if ((selector & 4) != 0) {
            throw core.cpu.fault(vector, selector & 0xfffc);
        }
        return DescriptorTables.read(core, selector, vector, 0);
    }

    private static void setSystem(Core core, Segment segment, int selector, long raw) {
        Cpu cpu = core.cpu;
        long upper = 0;
        if (cpu.isLong()) {
            upper = DescriptorTables.readUpper(core, selector, Vector.GP, 0);
        }
        if (!Descriptor.isPresent(raw)) {
            throw cpu.fault(Vector.NP, selector & 0xfffc);
        }
        long base = Descriptor.base(raw) | upper << 32;
        if (base << 16 >> 16 != base) {
            throw cpu.fault(Vector.GP, selector & 0xfffc);
        }
        segment.set(selector, base, Descriptor.limit(raw), Descriptor.attributes(raw));
    }
}
