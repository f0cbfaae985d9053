package io.paravert.soft.state;

/**
 * Whether instructions of the numeric families may be used now, worked out when a control register changes so that each of them
 * tests one word (AMD APM vol. 2, 11.2 and 11.3; vol. 4, 1.9).
 */
public final class Guards {
    public static final int X87 = 1;
    public static final int MMX = 1 << 1;
    public static final int SSE = 1 << 2;
    public static final int AVX = 1 << 3;
    /** FWAIT, which heeds CR0.MP. */
    public static final int WAIT = 1 << 4;
    /** VEX encodings of general registers: none in real and virtual-8086 mode. */
    public static final int VEX_GENERAL = 1 << 5;

    private Guards() {}

    static int of(Cpu cpu) {
        boolean ts = (cpu.cr0 & Control.CR0_TS) != 0;
        boolean em = (cpu.cr0 & Control.CR0_EM) != 0;
        boolean monitor = (cpu.cr0 & Control.CR0_MP) != 0;
        int bits = 0;
        if (ts || em) {
            bits |= X87 | MMX;
        }
        if (ts || em || (cpu.cr4 & Control.CR4_OSFXSR) == 0) {
            bits |= SSE;
        }
        if (ts || !avxEnabled(cpu)) {
            bits |= AVX;
        }
        if (ts && monitor) {
            bits |= WAIT;
        }
        return cpu.usesDescriptors() ? bits : bits | VEX_GENERAL;
    }

    private static boolean avxEnabled(Cpu cpu) {
        long needed = Control.XCR0_SSE | Control.XCR0_AVX;
        return (cpu.cr4 & Control.CR4_OSXSAVE) != 0 && (cpu.xcr0 & needed) == needed && cpu.usesDescriptors();
    }

    /** The exception that an instruction of a family raises whose bit is set. */
    public static GuestFault fault(Cpu cpu, int family) {
        boolean em = (cpu.cr0 & Control.CR0_EM) != 0;
        boolean undefined = switch (family) {
            case MMX -> em;
            case SSE -> em || (cpu.cr4 & Control.CR4_OSFXSR) == 0;
            case AVX -> !avxEnabled(cpu);
            case VEX_GENERAL -> true;
            default -> false;
        };
        return cpu.fault(undefined ? Vector.UD : Vector.NM);
    }
}
