package io.paravert.soft.system;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;

/** Stack pointers and the I/O bitmap in the current task's TSS (AMD APM vol. 2, 12.2). */
final class TaskState {
    private static final int IO_BASE32 = 0x66;

    private TaskState() {}

    /** A stack pointer of a 64-bit TSS: RSP0 to RSP2, or with {@code ist} 1 to 7 an interrupt stack. */
    static long longStack(Core core, int privilege, int ist, int external) {
        int offset = ist == 0 ? 4 + 8 * privilege : 0x24 + 8 * (ist - 1);
        long pointer = read(core, offset, 8, external);
        if (pointer << 16 >> 16 != pointer) {
            throw core.cpu.fault(Vector.SS, external);
        }
        return pointer;
    }

    /** ESP for a privilege level, from a 16 or 32-bit TSS. */
    static long stackPointer(Core core, int privilege, int external) {
        return is32(core) ? read(core, 4 + 8 * privilege, 4, external) : read(core, 2 + 4 * privilege, 2, external);
    }

    /** SS for a privilege level, from a 16 or 32-bit TSS. */
    static int stackSelector(Core core, int privilege, int external) {
        return (int)
                (is32(core) ? read(core, 8 + 8 * privilege, 2, external) : read(core, 4 + 4 * privilege, 2, external));
    }

    private static boolean is32(Core core) {
        return (core.cpu.segments[Segment.TR].type() & 8) != 0;
    }

    private static long read(Core core, int offset, int bytes, int external) {
        Cpu cpu = core.cpu;
        Segment task = cpu.segments[Segment.TR];
        if (offset + bytes - 1 > task.limit) {
            throw cpu.fault(Vector.TS, task.selector & 0xfffc | external);
        }
        return DescriptorTables.readSystem(core, task.base + offset, bytes);
    }

    /** Whether the I/O bitmap lets a program with too little I/O privilege at the ports. */
    static boolean allowsPort(Core core, int port, int bytes) {
        Segment task = core.cpu.segments[Segment.TR];
        if (!task.usable() || !is32(core) || task.limit < IO_BASE32 + 1) {
            return false;
        }
        long bitmap = DescriptorTables.readSystem(core, task.base + IO_BASE32, 2);
        long place = bitmap + (port >> 3);
        if (place + 1 > task.limit) {
            return false;
        }
        long bits = DescriptorTables.readSystem(core, task.base + place, 2);
        return (bits >> (port & 7) & (1 << bytes) - 1) == 0;
    }
}
