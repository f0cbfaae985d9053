package io.paravert.soft.interpreter;

import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Guards;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** Reading and writing the operands that {@link VectorLowering} has resolved, after the checks of the family. */
final class VectorPlace {
    private static final int SCRATCH = Cpu.VECTOR_SCRATCH;

    private VectorPlace() {}

    /** #UD or #NM where SSE (or, for VEX forms, AVX) must not be used. */
    static void guard(Cpu cpu, Op op) {
        int family = op.has(Op.VEX) ? Guards.AVX : Guards.SSE;
        if ((cpu.guards & family) != 0) {
            throw Guards.fault(cpu, family);
        }
    }

    /** The vector registers, with a source in memory read into the scratch words ({@code srcBits} wide, else zero). */
    static long[] operands(Core core, Op op) {
        guard(core.cpu, op);
        if (op.srcKind == Op.MEMORY) {
            load(core, op, op.srcBits >> 3);
        }
        return core.cpu.vectors;
    }

    /** Linear address of the operand in memory, whose alignment is checked. */
    static long address(Core core, Op op, int bytes, boolean store) {
        // Before the segment's limit: in the stack's segment that would be #SS.
        if (op.has(Op.ALIGNED)) {
            long place = core.cpu.r[op.segmentBase] + Segmentation.offset(core.cpu, op);
            if ((place & bytes - 1) != 0) {
                throw core.cpu.fault(Vector.GP);
            }
        }
        return Segmentation.linear(core.cpu, op, bytes, store);
    }

    /** Reads memory into the scratch words. */
    static void load(Core core, Op op, int bytes) {
        long[] v = core.cpu.vectors;
        LinearMemory memory = core.memory;
        long va = address(core, op, bytes, false);
        memory.prepareLoad(va, bytes);
        if (bytes == 16) {
            long low = memory.load64(va);
            v[SCRATCH + 1] = memory.load64(va + 8);
            v[SCRATCH] = low;
            return;
        }
        if (bytes == 32) {
            for (int i = 0; i < 4; i++) {
                v[SCRATCH + i] = memory.load64(va + 8 * i);
            }
            return;
        }
        v[SCRATCH] = memory.load(va, bytes);
        v[SCRATCH + 1] = 0;
    }

    /** Writes words from {@code from} on to the destination in memory; nothing is written if any of it faults. */
    static void store(Core core, Op op, int from, int bytes) {
        long[] v = core.cpu.vectors;
        LinearMemory memory = core.memory;
        long va = address(core, op, bytes, true);
        if (bytes <= 8) {
            memory.store(va, bytes, v[from]);
            return;
        }
        memory.prepareStore(va, bytes);
        for (int i = 0; i < bytes >> 3; i++) {
            memory.store64(va + 8 * i, v[from + i]);
        }
    }

    /** A VEX form clears what lies above its result. */
    static void clearUpper(Op op, long[] v) {
        if (op.has(Op.VEX) && op.bits != 256) {
            v[op.dst + 2] = 0;
            v[op.dst + 3] = 0;
        }
    }

    /** Words of the destination register. */
    static int words(Op op) {
        return op.bits == 256 ? 4 : 2;
    }

    /** The source as a general register or memory, zero-extended. */
    static long general(Core core, Op op) {
        return Place.source(core, op);
    }
}
