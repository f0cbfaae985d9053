package io.paravert.vmm.crash;

import io.paravert.isa.CodeSize;
import io.paravert.vmm.engine.CpuState;

/** In which mode a vCPU executes (AMD APM vol. 2, 1.3). */
enum CpuMode {
    REAL("real mode", CodeSize.CODE16),
    VIRTUAL_8086("virtual-8086 mode", CodeSize.CODE16),
    PROTECTED_16("16-bit protected mode", CodeSize.CODE16),
    PROTECTED_32("32-bit protected mode", CodeSize.CODE32),
    COMPATIBILITY_16("16-bit compatibility mode", CodeSize.CODE16),
    COMPATIBILITY_32("32-bit compatibility mode", CodeSize.CODE32),
    LONG("64-bit mode", CodeSize.CODE64);

    private static final long CR0_PE = 1;
    private static final long RFLAGS_VM = 1L << 17;
    private static final long EFER_LMA = 1L << 10;
    private static final int ATTRIBUTE_L = 1 << 9;
    private static final int ATTRIBUTE_D = 1 << 10;

    private final String title;
    private final CodeSize codeSize;

    CpuMode(String title, CodeSize codeSize) {
        this.title = title;
        this.codeSize = codeSize;
    }

    String title() {
        return title;
    }

    CodeSize codeSize() {
        return codeSize;
    }

    static CpuMode of(CpuState state) {
        if ((state.cr0 & CR0_PE) == 0) {
            return REAL;
        }
        int code = state.segments[CpuState.CS].attributes;
        boolean bits32 = (code & ATTRIBUTE_D) != 0;
        if ((state.efer & EFER_LMA) != 0) {
            if ((code & ATTRIBUTE_L) != 0) {
                return LONG;
            }
            return bits32 ? COMPATIBILITY_32 : COMPATIBILITY_16;
        }
        if ((state.rflags & RFLAGS_VM) != 0) {
            return VIRTUAL_8086;
        }
        return bits32 ? PROTECTED_32 : PROTECTED_16;
    }

    /** The linear address of an offset in a segment: bases count in 64-bit mode only for FS and GS. */
    static long linear(CpuState state, int segment, long offset) {
        if (of(state) == LONG) {
            boolean based = segment == CpuState.FS || segment == CpuState.GS;
            return based ? state.segments[segment].base + offset : offset;
        }
        return state.segments[segment].base + offset & 0xffff_ffffL;
    }

    /** Current privilege level: that of the stack segment, which is exact in every mode. */
    static int privilegeLevel(CpuState state) {
        return switch (of(state)) {
            case REAL -> 0;
            case VIRTUAL_8086 -> 3;
            default -> state.segments[CpuState.SS].attributes >> 5 & 3;
        };
    }
}
