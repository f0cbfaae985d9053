package io.paravert.soft.system;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.ModelSpecific;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;

/** Model-specific registers by number (AMD APM vol. 2, appendix A). Those that are not here raise #GP. */
public final class Msrs {
    private static final int TSC = 0x10;
    private static final int BIOS_SIGN_ID = 0x8b;
    private static final int MTRR_CAP = 0xfe;
    private static final int SYSENTER_CS = 0x174;
    private static final int SYSENTER_ESP = 0x175;
    private static final int SYSENTER_EIP = 0x176;
    private static final int MCG_CAP = 0x179;
    private static final int MCG_STATUS = 0x17a;
    private static final int MTRR_VARIABLE = 0x200;
    private static final int MTRR_FIXED_64K = 0x250;
    private static final int MTRR_FIXED_16K = 0x258;
    private static final int MTRR_FIXED_4K = 0x268;
    private static final int PAT = 0x277;
    private static final int MTRR_DEFAULT = 0x2ff;
    private static final int SYSCFG = 0xc001_0010;
    private static final int NB_CFG = 0xc001_001f;
    private static final int HWCR = 0xc001_0015;
    /** The TSC counts at one frequency. */
    private static final long HWCR_TSC_FREQUENCY = 1 << 24;
    /** What a guest may set there without effect: cache flushes, IGNNE, machine-check status writes. */
    private static final long HWCR_IGNORED = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 18;

    private static final int EFER = 0xc000_0080;
    private static final int STAR = 0xc000_0081;
    private static final int LSTAR = 0xc000_0082;
    private static final int CSTAR = 0xc000_0083;
    private static final int SFMASK = 0xc000_0084;
    private static final int FS_BASE = 0xc000_0100;
    private static final int GS_BASE = 0xc000_0101;
    private static final int KERNEL_GS_BASE = 0xc000_0102;
    private static final int TSC_AUX = 0xc000_0103;
    /** Eight variable ranges, fixed ranges, write-combining. */
    private static final long MTRR_CAPABILITIES = 0x508;

    private static final long MTRR_DEFAULT_KNOWN = 0xcff;

    private Msrs() {}

    public static long read(Core core, int number) {
        Cpu cpu = core.cpu;
        ModelSpecific msr = cpu.msr;
        return switch (number) {
            case TSC -> core.platform.ticks() + msr.tscOffset;
            case BIOS_SIGN_ID, MCG_CAP, MCG_STATUS -> 0;
            case MTRR_CAP -> MTRR_CAPABILITIES;
            case MTRR_DEFAULT -> msr.mtrrDefault;
            case SYSENTER_CS -> msr.sysenterCs;
            case SYSENTER_ESP -> msr.sysenterEsp;
            case SYSENTER_EIP -> msr.sysenterEip;
            case PAT -> msr.pat;
            case EFER -> cpu.efer;
            case HWCR -> HWCR_TSC_FREQUENCY;
            case SYSCFG, NB_CFG -> 0;
            case STAR -> msr.star;
            case LSTAR -> msr.lstar;
            case CSTAR -> msr.cstar;
            case SFMASK -> msr.sfmask;
            case FS_BASE -> cpu.segments[Segment.FS].base;
            case GS_BASE -> cpu.segments[Segment.GS].base;
            case KERNEL_GS_BASE -> msr.kernelGsBase;
            case TSC_AUX -> msr.tscAux;
            default -> {
                int range = mtrrRange(number);
                if (range < 0) {
                    check(cpu, core.platform.readMachineMsr(number, msr.transfer));
                    yield msr.transfer[0];
                }
                yield range < 16 ? msr.mtrrVariable[range] : msr.mtrrFixed[range - 16];
            }
        };
    }

    /** 0 to 15 variable, 16 to 26 fixed, -1 for what is no such register. */
    private static int mtrrRange(int number) {
        if (number >= MTRR_VARIABLE && number < MTRR_VARIABLE + 16) {
            return number - MTRR_VARIABLE;
        }
        if (number == MTRR_FIXED_64K) {
            return 16;
        }
        if (number == MTRR_FIXED_16K || number == MTRR_FIXED_16K + 1) {
            return 17 + number - MTRR_FIXED_16K;
        }
        return number >= MTRR_FIXED_4K && number < MTRR_FIXED_4K + 8 ? 19 + number - MTRR_FIXED_4K : -1;
    }

    private static void check(Cpu cpu, boolean allowed) {
        if (!allowed) {
            throw cpu.fault(Vector.GP);
        }
    }

    private static long canonical(Cpu cpu, long value) {
        check(cpu, value << 16 >> 16 == value);
        return value;
    }

    public static void write(Core core, int number, long value) {
        Cpu cpu = core.cpu;
        ModelSpecific msr = cpu.msr;
        switch (number) {
            case TSC -> {
                msr.tscOffset = value - core.platform.ticks();
                core.platform.tscChanged();
            }
            case BIOS_SIGN_ID, MCG_STATUS -> check(cpu, value == 0 || number == BIOS_SIGN_ID);
            case MTRR_DEFAULT -> {
                check(cpu, (value & ~MTRR_DEFAULT_KNOWN) == 0);
                msr.mtrrDefault = value;
            }
            case SYSENTER_CS -> msr.sysenterCs = value & 0xffff_ffffL;
            case SYSENTER_ESP -> msr.sysenterEsp = canonical(cpu, value);
            case SYSENTER_EIP -> msr.sysenterEip = canonical(cpu, value);
            case PAT -> {
                check(cpu, isPat(value));
                msr.pat = value;
            }
            case EFER -> ControlRegisters.writeEfer(core, value);
            case NB_CFG -> {
                // A north bridge's settings, of which there is none.
            }
            case SYSCFG -> check(cpu, value == 0);
            case HWCR -> check(cpu, (value & ~(HWCR_TSC_FREQUENCY | HWCR_IGNORED)) == 0);
            case STAR -> msr.star = value;
            case LSTAR -> msr.lstar = canonical(cpu, value);
            case CSTAR -> msr.cstar = canonical(cpu, value);
            case SFMASK -> msr.sfmask = value & 0xffff_ffffL;
            case FS_BASE -> setBase(core, Segment.FS, canonical(cpu, value));
            case GS_BASE -> setBase(core, Segment.GS, canonical(cpu, value));
            case KERNEL_GS_BASE -> msr.kernelGsBase = canonical(cpu, value);
            case TSC_AUX -> msr.tscAux = value & 0xffff_ffffL;
            default -> {
                if (mtrrRange(number) >= 0) {
                    writeMtrr(cpu, number, value);
                } else {
                    check(cpu, core.platform.writeMachineMsr(number, value));
                }
            }
        }
    }

    private static void writeMtrr(Cpu cpu, int number, long value) {
        int range = mtrrRange(number);
        if (range < 16) {
            cpu.msr.mtrrVariable[range] = value;
        } else {
            cpu.msr.mtrrFixed[range - 16] = value;
        }
    }

    /** Each byte names a memory type: not 2, 3 or above 7. */
    private static boolean isPat(long value) {
        for (int i = 0; i < 8; i++) {
            long type = value >>> 8 * i & 0xff;
            if (type > 7 || type == 2 || type == 3) {
                return false;
            }
        }
        return true;
    }

    /** FS or GS base, canonical. */
    public static void setBase(Core core, int segment, long base) {
        Cpu cpu = core.cpu;
        cpu.segments[segment].base = base;
        cpu.r[Cpu.BASES + segment] = base;
    }
}
