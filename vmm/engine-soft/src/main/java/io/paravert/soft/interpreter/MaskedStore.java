package io.paravert.soft.interpreter;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** Stores of chosen bytes (MASKMOVDQU, MASKMOVQ): what the mask leaves out is not written, but
 * faults like the rest, as on Zen. */
final class MaskedStore {
    private MaskedStore() {}

    /** @param bytes 8 or 16 */
    static void bytes(Core core, Op op, long low, long high, long maskLow, long maskHigh, int bytes) {
        Cpu cpu = core.cpu;
        long offset = cpu.r[Cpu.RDI] << op.cut >>> op.cut;
        long place = Segmentation.linear(cpu, op.segment, offset, bytes, true);
        core.memory.prepareStore(place, bytes);
        for (int i = 0; i < bytes; i++) {
            long mask = i < 8 ? maskLow : maskHigh;
            if ((mask >>> 8 * (i & 7) & 0x80) != 0) {
                core.memory.store8(place + i, (i < 8 ? low : high) >>> 8 * (i & 7));
            }
        }
    }
}
