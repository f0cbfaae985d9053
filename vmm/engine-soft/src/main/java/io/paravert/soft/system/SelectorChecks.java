package io.paravert.soft.system;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Core;

/** What LAR, LSL, VERR and VERW find out about a selector without loading it (AMD APM vol. 3). */
public final class SelectorChecks {
    private static final int LAR_MASK = 0x00ff_ff00;
    /** System descriptors that LAR accepts: TSSs, LDT, call gates, task gate; in long mode fewer. */
    private static final int LAR_LEGACY = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 9 | 1 << 11 | 1 << 12;

    private static final int LAR_LONG = 1 << 2 | 1 << 9 | 1 << 11 | 1 << 12;
    private static final int LSL_LEGACY = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 9 | 1 << 11;
    private static final int LSL_LONG = 1 << 2 | 1 << 9 | 1 << 11;

    private SelectorChecks() {}

    /** Access rights as LAR gives them, or -1. */
    public static long accessRights(Core core, int selector) {
        long raw = visible(core, selector, core.cpu.isLong() ? LAR_LONG : LAR_LEGACY);
        return raw == 0 ? -1 : raw >>> 32 & LAR_MASK;
    }

    /** The limit in bytes as LSL gives it, or -1. */
    public static long limit(Core core, int selector) {
        long raw = visible(core, selector, core.cpu.isLong() ? LSL_LONG : LSL_LEGACY);
        return raw == 0 ? -1 : Descriptor.limit(raw);
    }

    public static boolean isReadable(Core core, int selector) {
        long raw = visible(core, selector, 0);
        return raw != 0 && Descriptor.isReadable(raw);
    }

    public static boolean isWritable(Core core, int selector) {
        long raw = visible(core, selector, 0);
        return raw != 0 && Descriptor.isWritableData(raw);
    }

    /** The descriptor if the current privilege may see it and it is a segment or of one of the system types; else 0. */
    private static long visible(Core core, int selector, int systemTypes) {
        Cpu cpu = core.cpu;
        if (DescriptorTables.isNull(selector) || !DescriptorTables.isWithin(core, selector)) {
            return 0;
        }
        long raw = DescriptorTables.read(core, selector, 0, 0);
        boolean known = Descriptor.isSegment(raw) || (systemTypes >> Descriptor.type(raw) & 1) != 0;
        boolean allowed = Descriptor.isConforming(raw) || Descriptor.dpl(raw) >= Math.max(cpu.cpl, selector & 3);
        return known && allowed ? raw : 0;
    }
}
