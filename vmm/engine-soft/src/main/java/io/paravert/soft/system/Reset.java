package io.paravert.soft.system;

import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.vcpu.Core;
import java.util.Arrays;

/** What INIT and SIPI make of a processor (AMD APM vol. 2, 14.1.3). */
public final class Reset {
    private static final int DATA = Segment.PRESENT | 0x13;
    private static final int CODE = Segment.PRESENT | 0x1b;
    private static final int LDT = Segment.PRESENT | 2;
    private static final int BUSY_TSS = Segment.PRESENT | 11;
    private static final int REAL_LIMIT = 0xffff;
    private static final long KEPT_CR0 = Control.CR0_CD | Control.CR0_NW;

    private Reset() {}

    /** INIT: all but memory, caches, floating-point and model-specific registers. RIP is the reset vector. */
    public static void init(Core core) {
        Cpu cpu = core.cpu;
        Arrays.fill(cpu.r, 0, 16, 0);
        cpu.r[Cpu.RDX] = Cpuid.SIGNATURE;
        cpu.systemFlags &= ~Rflags.SYSTEM;
        cpu.setStatus(0);
        for (int i = 0; i < 6; i++) {
            cpu.segments[i].set(0, 0, REAL_LIMIT, DATA);
        }
        cpu.cs().set(0xf000, 0xffff_0000L, REAL_LIMIT, CODE);
        cpu.rip = 0xfff0;
        cpu.segments[Segment.LDTR].set(0, 0, REAL_LIMIT, LDT);
        cpu.segments[Segment.TR].set(0, 0, REAL_LIMIT, BUSY_TSS);
        cpu.gdtBase = 0;
        cpu.gdtLimit = REAL_LIMIT;
        cpu.idtBase = 0;
        cpu.idtLimit = REAL_LIMIT;
        cpu.cr0 = cpu.cr0 & KEPT_CR0 | Control.CR0_ET;
        cpu.cr2 = 0;
        cpu.cr3 = 0;
        cpu.cr4 = 0;
        cpu.cr8 = 0;
        cpu.efer = 0;
        Arrays.fill(cpu.dr, 0);
        cpu.dr6 = Control.DR6_RESET;
        cpu.dr7 = Control.DR7_RESET;
        cpu.debugHits = 0;
        cpu.debugControlsChanged();
        cpu.cpl = 0;
        core.log.retire();
        core.unblockNmi();
        cpu.refreshMode();
        core.flushTranslations();
        core.contextChanged();
    }

    /** SIPI: begins in real mode at page {@code vector}. */
    public static void startup(Core core, int vector) {
        core.cpu.cs().set(vector << 8, (long) vector << 12, REAL_LIMIT, CODE);
        core.cpu.rip = 0;
        core.contextChanged();
    }
}
