package io.paravert.soft.state;

/** Model-specific registers that are no part of another register's state. Their numbers are known to {@code system.Msrs}. */
public final class ModelSpecific {
    public long star;
    public long lstar;
    public long cstar;
    public long sfmask;
    public long kernelGsBase;
    public long tscAux;
    /** Added to the machine's time to make this vCPU's TSC. */
    public long tscOffset;

    public long sysenterCs;
    public long sysenterEsp;
    public long sysenterEip;
    /** Page attribute table, as after reset (AMD APM vol. 2, 7.8.1). */
    public long pat = 0x0007_0406_0007_0406L;

    /** As the monitor gave it, in a machine without local APICs. */
    public long apicBase;

    /** A value on its way from the machine. */
    public final long[] transfer = new long[1];

    /** As firmware leaves it: ranges are enabled, and all memory is write-back. */
    public static final long MTRR_WRITE_BACK = 1 << 11 | 6;

    public long mtrrDefault;
    public final long[] mtrrFixed = new long[11];
    public final long[] mtrrVariable = new long[16];
}
