package io.paravert.vmm.boot;

/** The state in which a guest's first instruction finds vCPU 0. */
public enum EntryMode {
    /** 16-bit real mode. CS = DS = ES = SS = 0: code and data lie in the first 64 KiB. */
    REAL,
    /** 32-bit protected mode, flat segments, no paging. */
    PROTECTED,
    /** As {@link #PROTECTED}, with the address of {@code hvm_start_info} in EBX (Xen's PVH boot ABI). */
    PVH,
    /** 64-bit mode on identity page tables, with the address of Paravert's boot information in RDI. */
    LONG
}
