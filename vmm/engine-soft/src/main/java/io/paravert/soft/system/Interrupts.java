package io.paravert.soft.system;

import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.soft.memory.MemoryOrder;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Stack;

/** Delivery of exceptions and interrupts through the interrupt table (AMD APM vol. 2, 8.6 to 8.9). */
public final class Interrupts {
    /** What is delivered. */
    public enum Kind {
        /** INT n, INT3, INTO: checks the gate's privilege. */
        SOFTWARE,
        /** INT1: a program's, but no check of privilege. */
        PRIVILEGED_SOFTWARE,
        EXCEPTION,
        EXTERNAL
    }

    private Interrupts() {}

    /**
     * Delivers; RIP is where the handler will return to.
     *
     * @throws io.paravert.soft.state.GuestFault if delivering faults; registers are then as before
     */
    public static void deliver(Core core, int vector, int errorCode, Kind kind) {
        Cpu cpu = core.cpu;
        MemoryOrder.drain();
        core.checkpoint.save();
        try {
            if (!cpu.isProtected()) {
                deliverReal(core, vector);
            } else {
                deliverProtected(core, vector, errorCode, kind);
            }
            core.delivered = true;
            if (cpu.isLong()) {
                // The rest has been told of when the code segment was loaded.
                core.flagsChanged();
            } else {
                core.contextChanged();
            }
        } catch (RuntimeException e) {
            core.checkpoint.restore();
            throw e;
        }
    }

    private static void deliverReal(Core core, int vector) {
        Cpu cpu = core.cpu;
        if (4L * vector + 3 > cpu.idtLimit) {
            throw cpu.fault(Vector.GP, vector * 8 + 2);
        }
        long entry = DescriptorTables.readSystem(core, cpu.idtBase + 4L * vector, 4);
        Stack stack = core.stack.begin();
        stack.push(cpu.rflags(), 2);
        stack.push(cpu.cs().selector, 2);
        stack.push(cpu.rip, 2);
        stack.commit();
        cpu.systemFlags &= ~(Rflags.IF | Rflags.TF | Rflags.RF | Rflags.AC);
        SegmentLoads.loadReal(cpu, cpu.cs(), (int) (entry >>> 16));
        cpu.rip = entry & 0xffff;
    }

    private static void deliverProtected(Core core, int vector, int errorCode, Kind kind) {
        Cpu cpu = core.cpu;
        int external = kind == Kind.SOFTWARE ? 0 : 1;
        int idtError = vector * 8 + 2 + external;
        int size = cpu.isLong() ? 16 : 8;
        if ((long) size * vector + size - 1 > cpu.idtLimit) {
            throw cpu.fault(Vector.GP, idtError);
        }
        long place = cpu.idtBase + (long) size * vector;
        long gate = DescriptorTables.readSystem(core, place);
        int type = Descriptor.type(gate);
        if (Descriptor.isSegment(gate) || !isGate(cpu, type)) {
            throw cpu.fault(Vector.GP, idtError);
        }
        if (kind == Kind.SOFTWARE && Descriptor.dpl(gate) < cpu.cpl) {
            throw cpu.fault(Vector.GP, idtError);
        }
        if (!Descriptor.isPresent(gate)) {
            throw cpu.fault(Vector.NP, idtError);
        }
        boolean pushesError = kind == Kind.EXCEPTION && Vector.hasErrorCode(vector);
        if (type == Descriptor.TASK_GATE) {
            TaskSwitch.byInterrupt(core, Descriptor.gateSelector(gate), external, pushesError, errorCode);
            return;
        }
        Frame frame = new Frame(core, gate, external);
        if (kind == Kind.EXCEPTION && setsResumeFlag(vector)) {
            frame.flags |= Rflags.RF;
        }
        if (cpu.isLong()) {
            deliverLong(core, frame, DescriptorTables.readSystem(core, place + 8), pushesError, errorCode);
        } else {
            deliverLegacy(core, frame, pushesError, errorCode);
        }
        boolean interruptGate = (type & 1) == 0;
        cpu.systemFlags &= ~(Rflags.TF | Rflags.NT | Rflags.RF | Rflags.VM | (interruptGate ? Rflags.IF : 0));
    }

    private static boolean isGate(Cpu cpu, int type) {
        boolean wide = type == Descriptor.INTERRUPT_GATE32 || type == Descriptor.TRAP_GATE32;
        boolean narrow =
                type == Descriptor.INTERRUPT_GATE16 || type == Descriptor.TRAP_GATE16 || type == Descriptor.TASK_GATE;
        return wide || narrow && !cpu.isLong();
    }

    /** Faults resume their instruction with RF set; traps have completed it. */
    private static boolean setsResumeFlag(int vector) {
        return vector != Vector.DB && vector != Vector.BP && vector != Vector.OF && vector != Vector.DF;
    }

    /** What is saved on the handler's stack, and the handler's checked code segment. */
    private static final class Frame {
        final long gate;
        final int selector;
        final long code;
        final int privilege;
        final int external;
        final int cs;
        final int ss;
        final long rip;
        final long rsp;
        final boolean wasVirtual8086;
        int flags;

        Frame(Core core, long gate, int external) {
            Cpu cpu = core.cpu;
            this.gate = gate;
            this.external = external;
            cs = cpu.cs().selector;
            ss = cpu.ss().selector;
            rip = cpu.rip;
            rsp = cpu.r[RSP];
            flags = cpu.rflags();
            wasVirtual8086 = cpu.isVirtual8086();
            selector = Descriptor.gateSelector(gate);
            if (DescriptorTables.isNull(selector)) {
                throw cpu.fault(Vector.GP, external);
            }
            int error = selector & 0xfffc | external;
            code = DescriptorTables.read(core, selector, Vector.GP, external);
            boolean wrongSize = cpu.isLong() && (!Descriptor.isLong(code) || Descriptor.isBig(code));
            if (!Descriptor.isCode(code) || Descriptor.dpl(code) > cpu.cpl || wrongSize) {
                throw cpu.fault(Vector.GP, error);
            }
            if (!Descriptor.isPresent(code)) {
                throw cpu.fault(Vector.NP, error);
            }
            privilege = Descriptor.isConforming(code) ? cpu.cpl : Descriptor.dpl(code);
            if (wasVirtual8086 && privilege != 0) {
                throw cpu.fault(Vector.GP, error);
            }
        }

        boolean changesPrivilege(Cpu cpu) {
            return privilege != cpu.cpl;
        }
    }

    private static void deliverLong(Core core, Frame frame, long upper, boolean pushesError, int errorCode) {
        Cpu cpu = core.cpu;
        int ist = Descriptor.gateIst(frame.gate);
        boolean inner = frame.changesPrivilege(cpu);
        long stackPointer =
                ist != 0 || inner ? TaskState.longStack(core, frame.privilege, ist, frame.external) : frame.rsp;
        long target = Descriptor.gateOffset(frame.gate) | upper << 32;
        if (target << 16 >> 16 != target) {
            throw cpu.fault(Vector.GP, frame.external);
        }
        DescriptorTables.markAccessed(core, frame.selector, frame.code);
        if (inner) {
            SegmentLoads.loadNull(cpu.ss(), frame.privilege);
        }
        enterCode(core, frame);
        cpu.r[RSP] = stackPointer & -16;
        Stack stack = core.stack.begin();
        stack.push(frame.ss, 8);
        stack.push(frame.rsp, 8);
        stack.push(frame.flags & 0xffff_ffffL, 8);
        stack.push(frame.cs, 8);
        stack.push(frame.rip, 8);
        if (pushesError) {
            stack.push(errorCode & 0xffff_ffffL, 8);
        }
        stack.commit();
        cpu.rip = target;
    }

    private static void enterCode(Core core, Frame frame) {
        Cpu cpu = core.cpu;
        SegmentLoads.set(cpu.cs(), frame.selector & 0xfffc | frame.privilege, frame.code);
        cpu.cpl = frame.privilege;
        cpu.systemFlags &= ~Rflags.VM;
        core.contextChanged();
    }

    private static void deliverLegacy(Core core, Frame frame, boolean pushesError, int errorCode) {
        Cpu cpu = core.cpu;
        boolean inner = frame.changesPrivilege(cpu);
        int bytes = (Descriptor.type(frame.gate) & 8) != 0 ? 4 : 2;
        long target = bytes == 4 ? Descriptor.gateOffset(frame.gate) : Descriptor.gateOffset(frame.gate) & 0xffff;
        if (target > Descriptor.limit(frame.code)) {
            throw cpu.fault(Vector.GP, frame.external);
        }
        int[] data = new int[6];
        for (int i = 0; i < data.length; i++) {
            data[i] = cpu.segments[i].selector;
        }
        if (inner) {
            StackSwitch.toInner(core, frame.privilege, frame.external);
        }
        DescriptorTables.markAccessed(core, frame.selector, frame.code);
        enterCode(core, frame);
        Stack stack = core.stack.begin();
        if (frame.wasVirtual8086) {
            for (int index : new int[] {Segment.GS, Segment.FS, Segment.DS, Segment.ES}) {
                stack.push(data[index], bytes);
                SegmentLoads.loadNull(cpu.segments[index], 0);
            }
        }
        if (inner) {
            stack.push(frame.ss, bytes);
            stack.push(frame.rsp, bytes);
        }
        stack.push(frame.flags, bytes);
        stack.push(frame.cs, bytes);
        stack.push(frame.rip, bytes);
        if (pushesError) {
            stack.push(errorCode, bytes);
        }
        stack.commit();
        cpu.rip = target;
    }
}
