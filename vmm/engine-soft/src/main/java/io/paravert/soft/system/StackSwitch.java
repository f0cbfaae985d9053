package io.paravert.soft.system;

import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;

/** Taking the stack of an inner privilege level from a 16 or 32-bit TSS (AMD APM vol. 2, 4.11.4). */
final class StackSwitch {
    private StackSwitch() {}

    /** Loads SS and ESP; the caller restores them if it faults later on. */
    static void toInner(Core core, int privilege, int external) {
        Cpu cpu = core.cpu;
        long pointer = TaskState.stackPointer(core, privilege, external);
        int selector = TaskState.stackSelector(core, privilege, external);
        if (DescriptorTables.isNull(selector)) {
            throw cpu.fault(Vector.TS, external);
        }
        long raw = SegmentLoads.checkedStack(core, selector, privilege, Vector.TS, external);
        DescriptorTables.markAccessed(core, selector, raw);
        SegmentLoads.set(cpu.ss(), selector, raw);
        cpu.r[RSP] = Descriptor.isBig(raw) ? pointer : cpu.r[RSP] & ~0xffffL | pointer & 0xffff;
    }
}
