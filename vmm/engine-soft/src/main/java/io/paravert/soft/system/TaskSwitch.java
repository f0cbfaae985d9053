package io.paravert.soft.system;

import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Pending;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;

/**
 * Hardware task switches, outside long mode (AMD APM vol. 2, 12.4; Intel SDM vol. 3, 7.3). RIP must be where the old task goes on.
 * Faults before the new task's registers are loaded leave the old task as it was; later ones are the new task's.
 */
final class TaskSwitch {
    private enum Cause {
        JUMP,
        CALL,
        INTERRUPT,
        RETURN
    }

    private static final int BUSY = 2;
    /** Least limits of 16 and 32-bit TSSs. */
    private static final long LEAST16 = 43;

    private static final long LEAST32 = 103;
    private static final int[] ORDER = {Segment.ES, Segment.CS, Segment.SS, Segment.DS, Segment.FS, Segment.GS};

    private TaskSwitch() {}

    /** JMP or CALL to a TSS, or through a task gate, whose descriptor is {@code raw}; its privilege has been checked. */
    static void byTransfer(Core core, int selector, long raw, boolean call) {
        int target = Descriptor.type(raw) == Descriptor.TASK_GATE ? Descriptor.gateSelector(raw) : selector;
        switchTo(core, target, call ? Cause.CALL : Cause.JUMP, Vector.GP, 0);
    }

    static void byInterrupt(Core core, int selector, int external, boolean pushesError, int errorCode) {
        switchTo(core, selector, Cause.INTERRUPT, Vector.GP, external);
        if (pushesError) {
            Cpu cpu = core.cpu;
            boolean wide = (cpu.segments[Segment.TR].type() & 8) != 0;
            core.stack.pushOne(errorCode, wide ? 4 : 2);
        }
    }

    /** IRET with NT set: back to the task whose selector the TSS links to. */
    static void back(Core core) {
        Cpu cpu = core.cpu;
        int link = (int) DescriptorTables.readSystem(core, cpu.segments[Segment.TR].base, 2);
        switchTo(core, link, Cause.RETURN, Vector.TS, 0);
    }

    private static void switchTo(Core core, int selector, Cause cause, int vector, int external) {
        Cpu cpu = core.cpu;
        int error = selector & 0xfffc | external;
        if ((selector & 4) != 0 || DescriptorTables.isNull(selector)) {
            throw cpu.fault(vector, error);
        }
        long raw = DescriptorTables.read(core, selector, vector, external);
        int type = Descriptor.type(raw);
        int wanted = cause == Cause.RETURN ? BUSY : 0;
        boolean isTask = !Descriptor.isSegment(raw) && (type & 5) == 1 && (type & BUSY) == wanted;
        if (!isTask) {
            throw cpu.fault(cause == Cause.RETURN ? Vector.TS : Vector.GP, error);
        }
        if (!Descriptor.isPresent(raw)) {
            throw cpu.fault(Vector.NP, error);
        }
        boolean wide = (type & 8) != 0;
        if (Descriptor.limit(raw) < (wide ? LEAST32 : LEAST16)) {
            throw cpu.fault(Vector.TS, error);
        }
        long[] image = readTask(core, Descriptor.base(raw), wide);
        leaveOld(core, cause);
        enterNew(core, selector, raw, cause, image, wide);
    }

    /** CR3, EIP, EFLAGS, eight registers, six selectors, LDT, trap flag: all reads, before anything changes. */
    private static long[] readTask(Core core, long base, boolean wide) {
        long[] image = new long[19];
        if (wide) {
            image[0] = DescriptorTables.readSystem(core, base + 0x1c, 4);
            for (int i = 0; i < 10; i++) {
                image[1 + i] = DescriptorTables.readSystem(core, base + 0x20 + 4 * i, 4);
            }
            for (int i = 0; i < 7; i++) {
                image[11 + i] = DescriptorTables.readSystem(core, base + 0x48 + 4 * i, 2);
            }
            image[18] = DescriptorTables.readSystem(core, base + 0x64, 2) & 1;
            return image;
        }
        for (int i = 0; i < 10; i++) {
            image[1 + i] = DescriptorTables.readSystem(core, base + 0x0e + 2 * i, 2) | (i >= 2 ? 0xffff_0000L : 0);
        }
        for (int i = 0; i < 4; i++) {
            image[11 + i] = DescriptorTables.readSystem(core, base + 0x22 + 2 * i, 2);
        }
        image[17] = DescriptorTables.readSystem(core, base + 0x2a, 2);
        return image;
    }

    private static void leaveOld(Core core, Cause cause) {
        Cpu cpu = core.cpu;
        Segment task = cpu.segments[Segment.TR];
        boolean wide = (task.type() & 8) != 0;
        int flags = cpu.rflags();
        if (cause == Cause.RETURN) {
            flags &= ~Rflags.NT;
        }
        int bytes = wide ? 4 : 2;
        long at = task.base + (wide ? 0x20 : 0x0e);
        DescriptorTables.writeSystem(core, at, bytes, cpu.rip);
        DescriptorTables.writeSystem(core, at + bytes, bytes, flags);
        for (int i = 0; i < 8; i++) {
            DescriptorTables.writeSystem(core, at + (2L + i) * bytes, bytes, cpu.r[i]);
        }
        int selectors = wide ? 6 : 4;
        for (int i = 0; i < selectors; i++) {
            DescriptorTables.writeSystem(core, at + (10L + i) * bytes, 2, cpu.segments[ORDER[i]].selector);
        }
        if (cause == Cause.JUMP || cause == Cause.RETURN) {
            DescriptorTables.changeType(core, task.selector, 0, BUSY);
        }
    }

    private static void enterNew(Core core, int selector, long raw, Cause cause, long[] image, boolean wide) {
        Cpu cpu = core.cpu;
        boolean nested = cause == Cause.CALL || cause == Cause.INTERRUPT;
        int oldSelector = cpu.segments[Segment.TR].selector;
        long base = Descriptor.base(raw);
        if (nested) {
            DescriptorTables.writeSystem(core, base, 2, oldSelector);
        }
        if (cause != Cause.RETURN) {
            DescriptorTables.changeType(core, selector, BUSY, 0);
        }
        SegmentLoads.set(cpu.segments[Segment.TR], selector, raw | (long) BUSY << 40);
        cpu.cr0 |= Control.CR0_TS;
        if (wide && (cpu.cr0 & Control.CR0_PG) != 0 && image[0] != cpu.cr3) {
            ControlRegisters.loadCr3OfTask(core, image[0]);
        }
        cpu.rip = image[1];
        int flags = (int) image[2] | (nested ? Rflags.NT : 0);
        FarReturns.setFlags(cpu, flags, Rflags.SYSTEM);
        for (int i = 0; i < 8; i++) {
            cpu.r[i] = image[3 + i] & 0xffff_ffffL;
        }
        core.checkpoint.save();
        loadSegments(core, image);
        core.checkpoint.save();
        if (image[18] != 0) {
            cpu.debugHits |= Control.DR6_TASK_SWITCH;
            cpu.pending.raise(Pending.DEBUG_TRAP);
        }
        if (cpu.rip > cpu.cs().limit) {
            throw cpu.fault(Vector.GP);
        }
    }

    /** All selectors are visible before any descriptor is looked at, so that a fault's handler sees the new task's. */
    private static void loadSegments(Core core, long[] image) {
        Cpu cpu = core.cpu;
        for (int i = 0; i < ORDER.length; i++) {
            SegmentLoads.loadNull(cpu.segments[ORDER[i]], (int) image[11 + i]);
        }
        cpu.cpl = (int) image[12] & 3;
        Segment ldt = cpu.segments[Segment.LDTR];
        SegmentLoads.loadNull(ldt, (int) image[17]);
        if (cpu.has(Rflags.VM)) {
            for (int i = 0; i < ORDER.length; i++) {
                SegmentLoads.loadVirtual8086(cpu.segments[ORDER[i]], (int) image[11 + i]);
            }
            cpu.cpl = 3;
        }
        core.contextChanged();
        core.checkpoint.save();
        loadLdt(core, (int) image[17]);
        if (cpu.has(Rflags.VM)) {
            return;
        }
        loadCode(core, (int) image[12]);
        loadStack(core, (int) image[13]);
        for (int i : new int[] {0, 3, 4, 5}) {
            int selector = (int) image[11 + i];
            if (!DescriptorTables.isNull(selector)) {
                long raw = SegmentLoads.checkedData(core, selector, cpu.cpl, Vector.TS);
                DescriptorTables.markAccessed(core, selector, raw);
                SegmentLoads.set(cpu.segments[ORDER[i]], selector, raw);
            }
            core.checkpoint.save();
        }
        core.contextChanged();
    }

    private static void loadLdt(Core core, int selector) {
        Cpu cpu = core.cpu;
        if (DescriptorTables.isNull(selector)) {
            return;
        }
        int error = selector & 0xfffc;
        if ((selector & 4) != 0) {
            throw cpu.fault(Vector.TS, error);
        }
        long raw = DescriptorTables.read(core, selector, Vector.TS, 0);
        if (Descriptor.isSegment(raw) || Descriptor.type(raw) != Descriptor.LDT || !Descriptor.isPresent(raw)) {
            throw cpu.fault(Vector.TS, error);
        }
        SegmentLoads.set(cpu.segments[Segment.LDTR], selector, raw);
    }

    private static void loadCode(Core core, int selector) {
        Cpu cpu = core.cpu;
        int error = selector & 0xfffc;
        if (DescriptorTables.isNull(selector)) {
            throw cpu.fault(Vector.TS, error);
        }
        long raw = DescriptorTables.read(core, selector, Vector.TS, 0);
        int dpl = Descriptor.dpl(raw);
        boolean fits = Descriptor.isConforming(raw) ? dpl <= (selector & 3) : dpl == (selector & 3);
        if (!Descriptor.isCode(raw) || !fits) {
            throw cpu.fault(Vector.TS, error);
        }
        if (!Descriptor.isPresent(raw)) {
            throw cpu.fault(Vector.NP, error);
        }
        DescriptorTables.markAccessed(core, selector, raw);
        SegmentLoads.set(cpu.cs(), selector, raw);
        core.contextChanged();
        core.checkpoint.save();
    }

    private static void loadStack(Core core, int selector) {
        Cpu cpu = core.cpu;
        if (DescriptorTables.isNull(selector)) {
            throw cpu.fault(Vector.TS, selector & 0xfffc);
        }
        long raw = SegmentLoads.checkedStack(core, selector, cpu.cpl, Vector.TS, 0);
        DescriptorTables.markAccessed(core, selector, raw);
        SegmentLoads.set(cpu.ss(), selector, raw);
        if (!cpu.ss().is(Segment.BIG)) {
            cpu.r[RSP] &= 0xffff_ffffL;
        }
        core.contextChanged();
        core.checkpoint.save();
    }
}
