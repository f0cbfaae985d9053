package io.paravert.guest;

import io.paravert.abi.VcpuMode;

/** The mode in which a guest's first instruction runs. Interrupts are off in each. */
public enum GuestMode {
    /** 16-bit real mode; CS, DS, ES and SS are 0, so that code and data lie in the first 64 KiB. */
    REAL(VcpuMode.REAL),
    /** 32-bit protected mode with flat segments, paging off. */
    PROTECTED(VcpuMode.PROTECTED32),
    /** 64-bit mode on the boot page tables, with the boot-info page's address in RDI. */
    LONG(VcpuMode.LONG);

    private final int vcpuMode;

    GuestMode(int vcpuMode) {
        this.vcpuMode = vcpuMode;
    }

    /** The ABI's number of the mode, as in VCPU_START. */
    public int vcpuMode() {
        return vcpuMode;
    }
}
