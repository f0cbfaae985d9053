package io.paravert.soft.system;

import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Stack;

/** RETF and IRET (AMD APM vol. 2, 4.11.5 and 8.9.3; vol. 3, RET and IRET). Sets RIP; at a fault everything is as before. */
public final class FarReturns {
    private static final int POPPED =
            LazyFlags.STATUS | Rflags.TF | Rflags.DF | Rflags.NT | Rflags.RF | Rflags.AC | Rflags.ID;

    private FarReturns() {}

    /**
     * RETF.
     *
     * @param bytes operand size: 2, 4 or 8
     * @param release bytes of parameters to drop
     */
    public static void returnFar(Core core, int bytes, int release) {
        core.checkpoint.save();
        try {
            Cpu cpu = core.cpu;
            Stack stack = core.stack.begin();
            long rip = stack.pop(bytes);
            int selector = (int) stack.pop(bytes) & 0xffff;
            if (cpu.usesDescriptors()) {
                returnProtected(core, rip, selector, bytes, release);
            } else {
                if (rip > cpu.cs().limit) {
                    throw cpu.fault(Vector.GP);
                }
                stack.skip(release);
                stack.commit();
                SegmentLoads.loadReal(cpu, cpu.cs(), selector);
                cpu.rip = rip;
            }
            core.contextChanged();
        } catch (RuntimeException e) {
            core.checkpoint.restore();
            throw e;
        }
    }

    private static void returnProtected(Core core, long rip, int selector, int bytes, int release) {
        Cpu cpu = core.cpu;
        long code = checkedCode(core, rip, selector);
        Stack stack = core.stack;
        stack.skip(release);
        if ((selector & 3) > cpu.cpl) {
            long rsp = stack.pop(bytes);
            int ss = (int) stack.pop(bytes) & 0xffff;
            toOuter(core, selector, code, ss, rsp, release, bytes);
        } else {
            stack.commit();
            enter(core, selector, code);
        }
        cpu.rip = rip;
    }

    /** The descriptor of the code segment to return to. */
    private static long checkedCode(Core core, long rip, int selector) {
        Cpu cpu = core.cpu;
        if (DescriptorTables.isNull(selector)) {
            throw cpu.fault(Vector.GP);
        }
        int error = selector & 0xfffc;
        int rpl = selector & 3;
        long code = DescriptorTables.read(core, selector, Vector.GP, 0);
        int dpl = Descriptor.dpl(code);
        boolean fits =
                Descriptor.isCode(code) && rpl >= cpu.cpl && (Descriptor.isConforming(code) ? dpl <= rpl : dpl == rpl);
        boolean twoSizes = cpu.isLong() && Descriptor.isLong(code) && Descriptor.isBig(code);
        if (!fits || twoSizes) {
            throw cpu.fault(Vector.GP, error);
        }
        if (!Descriptor.isPresent(code)) {
            throw cpu.fault(Vector.NP, error);
        }
        FarTransfers.checkTarget(cpu, code, rip, cpu.isLong() && Descriptor.isLong(code));
        return code;
    }

    private static void enter(Core core, int selector, long code) {
        DescriptorTables.markAccessed(core, selector, code);
        SegmentLoads.set(core.cpu.cs(), selector, code);
        core.cpu.cpl = selector & 3;
    }

    private static void toOuter(Core core, int selector, long code, int ss, long rsp, int release, int bytes) {
        Cpu cpu = core.cpu;
        loadOuterStack(core, selector, code, ss);
        enter(core, selector, code);
        core.contextChanged();
        setPointer(cpu, rsp, bytes);
        core.stack.begin().skip(release);
        core.stack.commit();
        SegmentLoads.dropInnerSegments(cpu);
    }

    /** SS for the level that CS's selector says; null is fine for 64-bit code outside privilege 3. */
    private static void loadOuterStack(Core core, int selector, long code, int ss) {
        Cpu cpu = core.cpu;
        int privilege = selector & 3;
        if (DescriptorTables.isNull(ss)) {
            if (!cpu.isLong() || !Descriptor.isLong(code) || privilege == 3 || (ss & 3) != privilege) {
                throw cpu.fault(Vector.GP);
            }
            SegmentLoads.loadNull(cpu.ss(), ss);
            return;
        }
        long raw = SegmentLoads.checkedStack(core, ss, privilege, Vector.GP, 0);
        DescriptorTables.markAccessed(core, ss, raw);
        SegmentLoads.set(cpu.ss(), ss, raw);
    }

    /** RSP as a far return finds it: SP alone for a 16-bit stack that a 16-bit return goes to. */
    private static void setPointer(Cpu cpu, long rsp, int bytes) {
        if (cpu.is64() || cpu.ss().is(Segment.BIG)) {
            cpu.r[RSP] = rsp;
        } else {
            long upper = bytes == 2 ? cpu.r[RSP] & 0xffff_0000L : rsp & 0xffff_0000L;
            cpu.r[RSP] = upper | rsp & 0xffff;
        }
    }

    /** IRET; {@code bytes} is the operand size: 2, 4 or 8. */
    public static void returnFromInterrupt(Core core, int bytes) {
        core.checkpoint.save();
        try {
            Cpu cpu = core.cpu;
            if (cpu.usesDescriptors()) {
                interruptProtected(core, bytes);
            } else {
                interruptReal(core, bytes);
            }
            core.contextChanged();
        } catch (RuntimeException e) {
            core.checkpoint.restore();
            throw e;
        }
    }

    private static void interruptReal(Core core, int bytes) {
        Cpu cpu = core.cpu;
        if (cpu.isVirtual8086() && cpu.iopl() < 3) {
            throw cpu.fault(Vector.GP);
        }
        Stack stack = core.stack.begin();
        long rip = stack.pop(bytes);
        int selector = (int) stack.pop(bytes) & 0xffff;
        int flags = (int) stack.pop(bytes);
        if (rip > cpu.cs().limit) {
            throw cpu.fault(Vector.GP);
        }
        stack.commit();
        SegmentLoads.loadReal(cpu, cpu.cs(), selector);
        cpu.rip = rip;
        int writable = POPPED | Rflags.IF | (cpu.isVirtual8086() ? 0 : Rflags.IOPL);
        setFlags(cpu, flags, bytes == 2 ? writable & 0xffff : writable);
    }

    /** Replaces the flags in {@code writable} by those of {@code flags}. */
    static void setFlags(Cpu cpu, int flags, int writable) {
        int system = writable & Rflags.SYSTEM;
        cpu.systemFlags = cpu.systemFlags & ~system | flags & system;
        cpu.setStatus(flags);
    }

    private static void interruptProtected(Core core, int bytes) {
        Cpu cpu = core.cpu;
        if (cpu.has(Rflags.NT)) {
            if (cpu.isLong()) {
                throw cpu.fault(Vector.GP);
            }
            TaskSwitch.back(core);
            return;
        }
        boolean from64 = cpu.is64();
        Stack stack = core.stack.begin();
        long rip = stack.pop(bytes);
        int selector = (int) stack.pop(bytes) & 0xffff;
        int flags = (int) stack.pop(bytes);
        if ((flags & Rflags.VM) != 0 && cpu.cpl == 0 && bytes == 4 && !cpu.isLong()) {
            toVirtual8086(core, rip, selector, flags);
            return;
        }
        long code = checkedCode(core, rip, selector);
        int oldCpl = cpu.cpl;
        int writable = POPPED | (oldCpl <= cpu.iopl() ? Rflags.IF : 0);
        if (oldCpl == 0) {
            writable |= Rflags.IOPL | Rflags.VIF | Rflags.VIP;
        }
        boolean outer = (selector & 3) > oldCpl;
        if (outer || from64) {
            long rsp = stack.pop(bytes);
            int ss = (int) stack.pop(bytes) & 0xffff;
            loadOuterStack(core, selector, code, ss);
            enter(core, selector, code);
            core.contextChanged();
            setPointer(cpu, rsp, bytes);
            if (outer) {
                SegmentLoads.dropInnerSegments(cpu);
            }
        } else {
            stack.commit();
            enter(core, selector, code);
        }
        cpu.rip = rip;
        setFlags(cpu, flags, bytes == 2 ? writable & 0xffff : writable);
    }

    private static void toVirtual8086(Core core, long rip, int selector, int flags) {
        Cpu cpu = core.cpu;
        Stack stack = core.stack;
        long esp = stack.pop(4);
        int[] selectors = new int[6];
        for (int index : new int[] {Segment.SS, Segment.ES, Segment.DS, Segment.FS, Segment.GS}) {
            selectors[index] = (int) stack.pop(4) & 0xffff;
        }
        selectors[Segment.CS] = selector;
        for (int index = 0; index < selectors.length; index++) {
            SegmentLoads.loadVirtual8086(cpu.segments[index], selectors[index]);
        }
        cpu.cpl = 3;
        cpu.r[RSP] = esp;
        cpu.rip = rip & 0xffff;
        setFlags(cpu, flags, Rflags.SYSTEM | LazyFlags.STATUS);
    }
}
