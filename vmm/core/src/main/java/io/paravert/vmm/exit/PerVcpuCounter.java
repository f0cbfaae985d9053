package io.paravert.vmm.exit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A counter that each vCPU's thread adds to on a cache line of its own, without atomic operations. Any thread may read. */
public final class PerVcpuCounter {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int STRIDE = 8;

    private final long[] cells;

    public PerVcpuCounter(int vcpus) {
        cells = new long[vcpus * STRIDE];
    }

    /** On the thread of that vCPU only. */
    public void increment(int vcpu) {
        int at = vcpu * STRIDE;
        CELL.setOpaque(cells, at, cells[at] + 1);
    }

    public long sum() {
        long sum = 0;
        for (int at = 0; at < cells.length; at += STRIDE) {
            sum += (long) CELL.getOpaque(cells, at);
        }
        return sum;
    }
}
