package io.paravert.soft.system;

import static io.paravert.soft.state.Control.*;

import io.paravert.memory.RawMemory;
import io.paravert.soft.memory.GuestPhysical;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;

/** Writes to control and debug registers, with their checks (AMD APM vol. 2, 3.1, 13.1 and 14.6; Intel SDM vol. 3, 2.5). */
public final class ControlRegisters {
    /** Bits of CR4 whose features exist; see {@link Cpuid}. */
    private static final long CR4_KNOWN = CR4_TSD
            | CR4_DE
            | CR4_PSE
            | CR4_PAE
            | CR4_MCE
            | CR4_PGE
            | CR4_OSFXSR
            | CR4_OSXMMEXCPT
            | CR4_UMIP
            | CR4_FSGSBASE
            | CR4_PCIDE
            | CR4_OSXSAVE
            | CR4_SMEP
            | CR4_SMAP;

    private static final long CR0_FLUSHING = CR0_PG | CR0_WP | CR0_PE;
    private static final long CR4_FLUSHING = CR4_PSE | CR4_PAE | CR4_PGE | CR4_PCIDE | CR4_SMEP | CR4_SMAP;
    private static final long ADDRESS = (1L << GuestPhysical.ADDRESS_BITS) - 1;

    private ControlRegisters() {}

    private static void check(Core core, boolean allowed) {
        if (!allowed) {
            throw core.cpu.fault(Vector.GP);
        }
    }

    public static void writeCr0(Core core, long value) {
        Cpu cpu = core.cpu;
        boolean paging = (value & CR0_PG) != 0;
        check(core, value >>> 32 == 0);
        check(core, !paging || (value & CR0_PE) != 0);
        check(core, (value & CR0_NW) == 0 || (value & CR0_CD) != 0);
        long fresh = value & CR0_KNOWN | CR0_ET;
        long changed = cpu.cr0 ^ fresh;
        if ((changed & CR0_PG) != 0) {
            switchPaging(core, paging);
        }
        if ((changed & CR0_PE) != 0 && (fresh & CR0_PE) == 0) {
            cpu.cpl = 0;
        }
        cpu.cr0 = fresh;
        refresh(core, (changed & CR0_FLUSHING) != 0);
    }

    /** Turning paging on with EFER.LME makes long mode active, and off again leaves it. */
    private static void switchPaging(Core core, boolean on) {
        Cpu cpu = core.cpu;
        if (!on) {
            check(core, !cpu.is64() && (cpu.cr4 & CR4_PCIDE) == 0);
            cpu.efer &= ~EFER_LMA;
        } else if ((cpu.efer & EFER_LME) != 0) {
            check(core, (cpu.cr4 & CR4_PAE) != 0 && !cpu.cs().is(Segment.LONG));
            check(core, (cpu.segments[Segment.TR].type() & 8) != 0 || !cpu.isProtected());
            cpu.efer |= EFER_LMA;
        } else if ((cpu.cr4 & CR4_PAE) != 0) {
            loadPointers(core, cpu.cr3);
        }
    }

    private static void refresh(Core core, boolean flush) {
        if (flush) {
            core.cpu.refreshMode();
            core.flushTranslations();
        }
        core.contextChanged();
    }

    public static void writeCr3(Core core, long value) {
        Cpu cpu = core.cpu;
        boolean pcids = (cpu.cr4 & CR4_PCIDE) != 0;
        long bits = pcids ? value & ~CR3_NO_FLUSH : value;
        if (cpu.isLong()) {
            check(core, (bits & ~ADDRESS) == 0);
        } else {
            bits &= 0xffff_ffffL;
            if ((cpu.cr4 & CR4_PAE) != 0 && (cpu.cr0 & CR0_PG) != 0) {
                loadPointers(core, bits);
            }
        }
        long before = cpu.cr3;
        cpu.cr3 = bits;
        core.mmu.loadedCr3(before, !pcids || (value & CR3_NO_FLUSH) == 0);
        core.contextChanged();
    }

    /** The page-directory base of a task that is being entered; its checks come too late to matter. */
    static void loadCr3OfTask(Core core, long value) {
        writeCr3(core, value);
    }

    /** PAE page-directory pointers are read once, here (AMD APM vol. 2, 5.2.2). */
    private static void loadPointers(Core core, long cr3) {
        Cpu cpu = core.cpu;
        long reserved = ~ADDRESS | 0x1e6;
        long[] fresh = new long[4];
        for (int i = 0; i < 4; i++) {
            long host = core.machine.physical().host((cr3 & 0xffff_ffe0L) + 8 * i);
            fresh[i] = host == 0 ? 0 : RawMemory.getLongAcquire(host);
            check(core, (fresh[i] & 1) == 0 || (fresh[i] & reserved) == 0);
        }
        System.arraycopy(fresh, 0, cpu.pdptes, 0, 4);
    }

    public static void writeCr4(Core core, long value) {
        Cpu cpu = core.cpu;
        long changed = cpu.cr4 ^ value;
        check(core, (value & ~CR4_KNOWN) == 0);
        check(core, !cpu.isLong() || (value & CR4_PAE) != 0);
        if ((changed & value & CR4_PCIDE) != 0) {
            check(core, cpu.isLong() && (cpu.cr3 & CR3_PCID) == 0);
        }
        if ((changed & CR4_PAE) != 0 && (value & CR4_PAE) != 0 && (cpu.cr0 & CR0_PG) != 0) {
            loadPointers(core, cpu.cr3);
        }
        cpu.cr4 = value;
        refresh(core, (changed & CR4_FLUSHING) != 0);
    }

    public static void writeCr8(Core core, long value) {
        check(core, (value & ~15L) == 0);
        core.cpu.cr8 = value;
        core.platform.setTaskPriority((int) value);
    }

    public static void writeEfer(Core core, long value) {
        Cpu cpu = core.cpu;
        long lma = cpu.efer & EFER_LMA;
        check(core, (value & ~EFER_KNOWN) == 0);
        check(core, (cpu.cr0 & CR0_PG) == 0 || ((value ^ cpu.efer) & EFER_LME) == 0);
        long changed = cpu.efer ^ value;
        cpu.efer = value & ~EFER_LMA | lma;
        refresh(core, (changed & EFER_NXE) != 0);
    }

    /** DR4 and DR5 are other names of DR6 and DR7, unless CR4.DE is set. */
    private static int debugRegister(Core core, int number) {
        Cpu cpu = core.cpu;
        if (number == 4 || number == 5) {
            if ((cpu.cr4 & CR4_DE) != 0) {
                throw cpu.fault(Vector.UD);
            }
            return number + 2;
        }
        if (number > 7) {
            throw cpu.fault(Vector.UD);
        }
        return number;
    }

    private static void checkGeneralDetect(Cpu cpu) {
        if ((cpu.dr7 & DR7_GENERAL_DETECT) != 0) {
            cpu.dr7 &= ~DR7_GENERAL_DETECT;
            cpu.dr6 |= DR6_GENERAL_DETECT;
            throw cpu.fault(Vector.DB);
        }
    }

    public static long readDebug(Core core, int number) {
        int n = debugRegister(core, number);
        checkGeneralDetect(core.cpu);
        return n == 6 ? core.cpu.dr6 : n == 7 ? core.cpu.dr7 : core.cpu.dr[n];
    }

    public static void writeDebug(Core core, int number, long value) {
        Cpu cpu = core.cpu;
        int n = debugRegister(core, number);
        checkGeneralDetect(cpu);
        if (n == 6) {
            check(core, value >>> 32 == 0);
            cpu.dr6 = value & 0xe00f | DR6_RESET;
        } else if (n == 7) {
            check(core, value >>> 32 == 0);
            cpu.dr7 = value & 0xffff_2bff | DR7_RESET;
            cpu.debugControlsChanged();
        } else {
            cpu.dr[n] = value;
        }
        core.mmu.flushAll();
        core.contextChanged();
    }
}
