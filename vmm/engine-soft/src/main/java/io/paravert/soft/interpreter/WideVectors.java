package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.simd.Blend;
import io.paravert.soft.numeric.simd.Shuffle;
import io.paravert.soft.numeric.simd.Vectors;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;
import io.paravert.soft.vcpu.Statement;

/** What AVX and AVX2 have and SSE has not: broadcasts, permutations across lanes, masked moves, gathers. */
final class WideVectors {
    private static final int RESULT = Cpu.VECTOR_SCRATCH + Cpu.VECTOR_WORDS;

    private WideVectors() {}

    static void register(InstructionSet set) {
        registerBroadcasts(set);
        registerPermutations(set);
        registerMasked(set);
        registerGathers(set);
    }

    private static void registerBroadcasts(InstructionSet set) {
        set.add(Mnemonic.VBROADCASTSS, broadcast(32));
        set.add(Mnemonic.VPBROADCASTD, broadcast(32));
        set.add(Mnemonic.VBROADCASTSD, broadcast(64));
        set.add(Mnemonic.VPBROADCASTQ, broadcast(64));
        set.add(Mnemonic.VPBROADCASTB, broadcast(8));
        set.add(Mnemonic.VPBROADCASTW, broadcast(16));
        set.add(Mnemonic.VBROADCASTF128, broadcast(128));
        set.add(Mnemonic.VBROADCASTI128, broadcast(128));
    }

    private static void registerPermutations(InstructionSet set) {
        set.add(Mnemonic.VPBLENDD, PackedShuffles.laneImmediate(Blend::blendps, 4));
        set.add(
                Mnemonic.VPERMILPS,
                either(PackedShuffles.laneImmediate(Shuffle::pshufd, 0), PackedShuffles.lane(Shuffle::vpermilps)));
        set.add(
                Mnemonic.VPERMILPD,
                either(PackedShuffles.laneImmediate(Shuffle::vpermilpd, 2), PackedShuffles.lane(Shuffle::vpermilpd)));
        set.add(Mnemonic.VPERM2F128, WideVectors::permuteLanes);
        set.add(Mnemonic.VPERM2I128, WideVectors::permuteLanes);
        set.add(Mnemonic.VPERMQ, WideVectors::permuteWords);
        set.add(Mnemonic.VPERMPD, WideVectors::permuteWords);
        set.add(Mnemonic.VPERMD, WideVectors::permuteDoublewords);
        set.add(Mnemonic.VPERMPS, WideVectors::permuteDoublewords);
        set.add(Mnemonic.VINSERTF128, WideVectors::insertLane);
        set.add(Mnemonic.VINSERTI128, WideVectors::insertLane);
        set.add(Mnemonic.VEXTRACTF128, WideVectors::extractLane);
        set.add(Mnemonic.VEXTRACTI128, WideVectors::extractLane);
    }

    private static void registerMasked(InstructionSet set) {
        set.add(Mnemonic.VMASKMOVPS, masked(4));
        set.add(Mnemonic.VPMASKMOVD, masked(4));
        set.add(Mnemonic.VMASKMOVPD, masked(8));
        set.add(Mnemonic.VPMASKMOVQ, masked(8));
    }

    private static void registerGathers(InstructionSet set) {
        set.add(Mnemonic.VPGATHERDD, gather(4, false));
        set.add(Mnemonic.VGATHERDPS, gather(4, false));
        set.add(Mnemonic.VPGATHERQD, gather(4, true));
        set.add(Mnemonic.VGATHERQPS, gather(4, true));
        set.add(Mnemonic.VPGATHERDQ, gather(8, false));
        set.add(Mnemonic.VGATHERDPD, gather(8, false));
        set.add(Mnemonic.VPGATHERQQ, gather(8, true));
        set.add(Mnemonic.VGATHERQPD, gather(8, true));
    }

    /** Of two forms of a mnemonic: the one with a constant, or the other. */
    private static Statement either(Statement constant, Statement other) {
        return (core, op) -> (op.detail != 0 ? constant : other).execute(core, op);
    }

    private static Statement broadcast(int bits) {
        return (core, op) -> {
            VectorPlace.guard(core.cpu, op);
            long[] v = core.cpu.vectors;
            if (op.srcKind == Op.MEMORY) {
                VectorPlace.load(core, op, bits >> 3);
            }
            long low = v[op.src];
            long high = v[op.src + 1];
            if (bits < 128) {
                low = switch (bits) {
                    case 8 -> Shuffle.broadcastb(low);
                    case 16 -> Shuffle.broadcastw(low);
                    case 32 -> Shuffle.broadcastd(low);
                    default -> low;
                };
                high = low;
            }
            for (int w = 0; w < VectorPlace.words(op); w += 2) {
                v[op.dst + w] = low;
                v[op.dst + w + 1] = high;
            }
            VectorPlace.clearUpper(op, v);
        };
    }

    private static void permuteLanes(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Shuffle.vperm2i128(v, op.dst, v, op.third, v, op.src, (int) op.immediate & 0xff);
    }

    private static void permuteWords(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Shuffle.vpermq(v, op.dst, v, op.src, (int) op.immediate & 0xff);
    }

    private static void permuteDoublewords(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Shuffle.vpermd(v, op.dst, v, op.third, v, op.src);
    }

    private static void insertLane(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        long low = v[op.src];
        long high = v[op.src + 1];
        for (int w = 0; w < 4; w++) {
            v[op.dst + w] = v[op.third + w];
        }
        int at = op.dst + 2 * ((int) op.immediate & 1);
        v[at] = low;
        v[at + 1] = high;
    }

    private static void extractLane(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        long[] v = core.cpu.vectors;
        int from = op.src + 2 * ((int) op.immediate & 1);
        if (op.dstKind == Op.MEMORY) {
            VectorPlace.store(core, op, from, 16);
            return;
        }
        long low = v[from];
        v[op.dst + 1] = v[from + 1];
        v[op.dst] = low;
        VectorPlace.clearUpper(op, v);
    }

    private static boolean isSet(long[] v, int mask, int i, int bytes) {
        long word = v[mask + i * bytes / 8];
        return bytes == 8 ? word < 0 : (int) (word >>> 32 * (i & 1)) < 0;
    }

    private static Statement masked(int bytes) {
        return (core, op) -> {
            VectorPlace.guard(core.cpu, op);
            if (op.dstKind == Op.MEMORY) {
                maskedStore(core, op, bytes);
            } else {
                maskedLoad(core, op, bytes);
            }
        };
    }

    private static void maskedLoad(Core core, Op op, int bytes) {
        long[] v = core.cpu.vectors;
        int words = VectorPlace.words(op);
        for (int w = 0; w < words; w++) {
            v[RESULT + w] = 0;
        }
        for (int i = 0; i < 8 * words / bytes; i++) {
            if (isSet(v, op.third, i, bytes)) {
                long va = element(core, op, i, bytes, false);
                v[RESULT + i * bytes / 8] |= core.memory.load(va, bytes) << (bytes == 4 ? 32 * (i & 1) : 0);
            }
        }
        for (int w = 0; w < words; w++) {
            v[op.dst + w] = v[RESULT + w];
        }
        VectorPlace.clearUpper(op, v);
    }

    /** Linear address of an element; what the mask leaves out is not checked either. */
    private static long element(Core core, Op op, int i, int bytes, boolean store) {
        long offset = Segmentation.offset(core.cpu, op) + (long) bytes * i << op.cut >>> op.cut;
        return Segmentation.linear(core.cpu, op.segment, offset, bytes, store);
    }

    private static void maskedStore(Core core, Op op, int bytes) {
        long[] v = core.cpu.vectors;
        int elements = op.bits / 8 / bytes;
        for (int i = 0; i < elements; i++) {
            if (isSet(v, op.third, i, bytes)) {
                core.memory.prepareStore(element(core, op, i, bytes, true), bytes);
            }
        }
        for (int i = 0; i < elements; i++) {
            if (isSet(v, op.third, i, bytes)) {
                core.memory.store(
                        element(core, op, i, bytes, true),
                        bytes,
                        v[op.src + i * bytes / 8] >>> (bytes == 4 ? 32 * (i & 1) : 0));
            }
        }
    }

    /**
     * Gathers: {@code detail} is the index register, {@code src} the mask, {@code immediate} the scale, {@code srcBits} the vector length. Where an element
     * faults, those below it are done and their masks clear (Intel SDM vol. 2, VPGATHERDD).
     */
    private static Statement gather(int bytes, boolean quadwordIndices) {
        return (core, op) -> {
            VectorPlace.guard(core.cpu, op);
            if (op.dst == op.src || op.dst == op.detail || op.src == op.detail) {
                throw core.cpu.fault(Vector.UD);
            }
            int most = op.srcBits / 64;
            int elements = bytes == 4 && !quadwordIndices ? 2 * most : most;
            int done = 0;
            long[] v = core.cpu.vectors;
            System.arraycopy(v, op.dst, v, RESULT, 4);
            try {
                for (; done < elements; done++) {
                    if (isSet(v, op.src, done, bytes)) {
                        putElement(
                                v,
                                RESULT,
                                done,
                                bytes,
                                core.memory.load(address(core, op, done, bytes, quadwordIndices), bytes));
                    }
                }
            } catch (GuestFault fault) {
                System.arraycopy(v, RESULT, v, op.dst, 4);
                for (int i = 0; i < done; i++) {
                    putElement(v, op.src, i, bytes, 0);
                }
                throw fault;
            }
            int words = elements * bytes / 8;
            for (int w = 0; w < 4; w++) {
                v[op.dst + w] = w < words ? v[RESULT + w] : 0;
                v[op.src + w] = 0;
            }
        };
    }

    private static long address(Core core, Op op, int element, int bytes, boolean quadwords) {
        Cpu cpu = core.cpu;
        long index = Vectors.gatherIndex(cpu.vectors, op.detail, element, quadwords);
        long offset = cpu.r[op.base] + index * op.immediate + op.displacement << op.cut >>> op.cut;
        return Segmentation.linear(cpu, op.segment, offset, bytes, false);
    }

    private static void putElement(long[] v, int from, int i, int bytes, long value) {
        if (bytes == 8) {
            v[from + i] = value;
        } else {
            v[from + i / 2] = Shuffle.pinsrd(v[from + i / 2], (int) value, i & 1);
        }
    }
}
