package io.paravert.soft.system;

import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Stack;

/** Far JMP and CALL, direct and through gates (AMD APM vol. 2, 4.11). Sets RIP; at a fault everything is as before. */
public final class FarTransfers {
    private FarTransfers() {}

    /**
     * @param bytes operand size: 2, 4 or 8
     * @param returnTo RIP of the next instruction, where a task that is left goes on
     */
    public static void jump(Core core, int selector, long offset, int bytes, long returnTo) {
        transfer(core, selector, offset, bytes, false, returnTo);
    }

    /** As {@link #jump}, leaving a return address behind. */
    public static void call(Core core, int selector, long offset, int bytes, long returnTo) {
        transfer(core, selector, offset, bytes, true, returnTo);
    }

    private static void transfer(Core core, int selector, long offset, int bytes, boolean call, long returnTo) {
        core.checkpoint.save();
        try {
            if (core.cpu.usesDescriptors()) {
                protectedTransfer(core, selector, offset, bytes, call, returnTo);
            } else {
                realTransfer(core, selector, offset, bytes, call, returnTo);
            }
            core.contextChanged();
        } catch (RuntimeException e) {
            core.checkpoint.restore();
            throw e;
        }
    }

    private static void realTransfer(Core core, int selector, long offset, int bytes, boolean call, long returnTo) {
        Cpu cpu = core.cpu;
        if (offset > cpu.cs().limit) {
            throw cpu.fault(Vector.GP);
        }
        if (call) {
            pushReturn(core, cpu.cs().selector, returnTo, bytes);
        }
        SegmentLoads.loadReal(cpu, cpu.cs(), selector);
        cpu.rip = offset;
    }

    private static void pushReturn(Core core, int selector, long rip, int bytes) {
        Stack stack = core.stack.begin();
        stack.push(selector, bytes);
        stack.push(rip, bytes);
        stack.commit();
    }

    private static void protectedTransfer(
            Core core, int selector, long offset, int bytes, boolean call, long returnTo) {
        Cpu cpu = core.cpu;
        if (DescriptorTables.isNull(selector)) {
            throw cpu.fault(Vector.GP);
        }
        long raw = DescriptorTables.read(core, selector, Vector.GP, 0);
        if (Descriptor.isSegment(raw)) {
            toCode(core, selector, raw, offset, bytes, call, returnTo);
            return;
        }
        int error = selector & 0xfffc;
        if (Descriptor.dpl(raw) < Math.max(cpu.cpl, selector & 3)) {
            throw cpu.fault(Vector.GP, error);
        }
        switch (Descriptor.type(raw)) {
            case Descriptor.CALL_GATE16, Descriptor.CALL_GATE32 -> throughGate(core, selector, raw, call, returnTo);
            case Descriptor.TASK_GATE, Descriptor.TSS16, Descriptor.TSS32 -> {
                if (cpu.isLong()) {
                    throw cpu.fault(Vector.GP, error);
                }
                if (!Descriptor.isPresent(raw)) {
                    throw cpu.fault(Vector.NP, error);
                }
                cpu.rip = returnTo;
                TaskSwitch.byTransfer(core, selector, raw, call);
            }
            default -> throw cpu.fault(Vector.GP, error);
        }
    }

    private static void toCode(Core core, int selector, long raw, long offset, int bytes, boolean call, long returnTo) {
        Cpu cpu = core.cpu;
        checkDirect(cpu, selector, raw);
        boolean to64 = cpu.isLong() && Descriptor.isLong(raw);
        checkTarget(cpu, raw, offset, to64);
        if (call) {
            pushReturn(core, cpu.cs().selector, returnTo, bytes);
        }
        DescriptorTables.markAccessed(core, selector, raw);
        SegmentLoads.set(cpu.cs(), selector & 0xfffc | cpu.cpl, raw);
        cpu.rip = offset;
    }

    private static void checkDirect(Cpu cpu, int selector, long raw) {
        int error = selector & 0xfffc;
        int dpl = Descriptor.dpl(raw);
        boolean allowed = Descriptor.isConforming(raw) ? dpl <= cpu.cpl : dpl == cpu.cpl && (selector & 3) <= cpu.cpl;
        boolean twoSizes = cpu.isLong() && Descriptor.isLong(raw) && Descriptor.isBig(raw);
        if (!Descriptor.isCode(raw) || !allowed || twoSizes) {
            throw cpu.fault(Vector.GP, error);
        }
        if (!Descriptor.isPresent(raw)) {
            throw cpu.fault(Vector.NP, error);
        }
    }

    static void checkTarget(Cpu cpu, long raw, long offset, boolean to64) {
        boolean outside = to64 ? offset << 16 >> 16 != offset : offset > Descriptor.limit(raw);
        if (outside) {
            throw cpu.fault(Vector.GP);
        }
    }

    private static void throughGate(Core core, int selector, long gate, boolean call, long returnTo) {
        Cpu cpu = core.cpu;
        int gateError = selector & 0xfffc;
        boolean isLong = cpu.isLong();
        if (isLong && Descriptor.type(gate) != Descriptor.CALL_GATE32) {
            throw cpu.fault(Vector.GP, gateError);
        }
        long upper = isLong ? DescriptorTables.readUpper(core, selector, Vector.GP, 0) : 0;
        if (!Descriptor.isPresent(gate)) {
            throw cpu.fault(Vector.NP, gateError);
        }
        if (isLong && (upper >>> 40 & 0x1f) != 0) {
            throw cpu.fault(Vector.GP, gateError);
        }
        int target = Descriptor.gateSelector(gate);
        if (DescriptorTables.isNull(target)) {
            throw cpu.fault(Vector.GP);
        }
        long code = DescriptorTables.read(core, target, Vector.GP, 0);
        checkGateTarget(cpu, target, code, call);
        int bytes = isLong ? 8 : Descriptor.type(gate) == Descriptor.CALL_GATE32 ? 4 : 2;
        long offset = Descriptor.gateOffset(gate) | upper << 32;
        offset = bytes == 2 ? offset & 0xffff : offset;
        checkTarget(cpu, code, offset, isLong);
        int privilege = Descriptor.isConforming(code) ? cpu.cpl : Descriptor.dpl(code);
        if (call && privilege < cpu.cpl) {
            callInner(core, gate, privilege, bytes, returnTo, target, code);
        } else {
            if (call) {
                pushReturn(core, cpu.cs().selector, returnTo, bytes);
            }
            enter(core, target, code, cpu.cpl);
        }
        cpu.rip = offset;
    }

    private static void checkGateTarget(Cpu cpu, int target, long code, boolean call) {
        int error = target & 0xfffc;
        int dpl = Descriptor.dpl(code);
        boolean allowed = call || Descriptor.isConforming(code) ? dpl <= cpu.cpl : dpl == cpu.cpl;
        boolean wrongSize = cpu.isLong() && (!Descriptor.isLong(code) || Descriptor.isBig(code));
        if (!Descriptor.isCode(code) || !allowed || wrongSize) {
            throw cpu.fault(Vector.GP, error);
        }
        if (!Descriptor.isPresent(code)) {
            throw cpu.fault(Vector.NP, error);
        }
    }

    private static void enter(Core core, int selector, long code, int privilege) {
        DescriptorTables.markAccessed(core, selector, code);
        SegmentLoads.set(core.cpu.cs(), selector & 0xfffc | privilege, code);
        core.cpu.cpl = privilege;
    }

    private static void callInner(
            Core core, long gate, int privilege, int bytes, long returnTo, int target, long code) {
        Cpu cpu = core.cpu;
        int oldSs = cpu.ss().selector;
        long oldRsp = cpu.r[RSP];
        int oldCs = cpu.cs().selector;
        long[] parameters = parameters(core, bytes == 8 ? 0 : Descriptor.gateCount(gate), bytes);
        if (cpu.isLong()) {
            long pointer = TaskState.longStack(core, privilege, 0, 0);
            SegmentLoads.loadNull(cpu.segments[Segment.SS], privilege);
            cpu.r[RSP] = pointer;
        } else {
            StackSwitch.toInner(core, privilege, 0);
        }
        enter(core, target, code, privilege);
        core.contextChanged();
        Stack stack = core.stack.begin();
        stack.push(oldSs, bytes);
        stack.push(oldRsp, bytes);
        for (int i = parameters.length - 1; i >= 0; i--) {
            stack.push(parameters[i], bytes);
        }
        stack.push(oldCs, bytes);
        stack.push(returnTo, bytes);
        stack.commit();
    }

    /** What the caller's stack holds for the callee, the topmost first. */
    private static long[] parameters(Core core, int count, int bytes) {
        long[] values = new long[count];
        Stack stack = core.stack.begin();
        for (int i = 0; i < count; i++) {
            values[i] = stack.peek((long) i * bytes, bytes);
        }
        return values;
    }
}
