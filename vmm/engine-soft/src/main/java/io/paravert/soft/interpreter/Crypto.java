package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.crypto.Aes;
import io.paravert.soft.numeric.crypto.CarryLess;
import io.paravert.soft.numeric.crypto.Sha;
import io.paravert.soft.numeric.simd.StringCompare;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Statement;

/** AES, PCLMULQDQ, SHA, and SSE4.2's string comparisons. */
final class Crypto {
    private Crypto() {}

    static void register(InstructionSet set) {
        set.addVector(Mnemonic.AESENC, PackedShuffles.lane(Aes::aesenc));
        set.addVector(Mnemonic.AESENCLAST, PackedShuffles.lane(Aes::aesenclast));
        set.addVector(Mnemonic.AESDEC, PackedShuffles.lane(Aes::aesdec));
        set.addVector(Mnemonic.AESDECLAST, PackedShuffles.lane(Aes::aesdeclast));
        set.addVector(Mnemonic.AESIMC, PackedShuffles.lane(Aes::aesimc));
        set.addVector(Mnemonic.AESKEYGENASSIST, PackedShuffles.laneImmediate(Aes::aeskeygenassist, 0));
        set.addVector(Mnemonic.PCLMULQDQ, PackedShuffles.laneImmediate(CarryLess::pclmulqdq, 0));
        set.add(Mnemonic.SHA1NEXTE, PackedShuffles.lane(Sha::sha1nexte));
        set.add(Mnemonic.SHA1MSG1, PackedShuffles.lane(Sha::sha1msg1));
        set.add(Mnemonic.SHA1MSG2, PackedShuffles.lane(Sha::sha1msg2));
        set.add(Mnemonic.SHA1RNDS4, PackedShuffles.laneImmediate(Sha::sha1rnds4, 0));
        set.add(Mnemonic.SHA256MSG1, PackedShuffles.lane(Sha::sha256msg1));
        set.add(Mnemonic.SHA256MSG2, PackedShuffles.lane(Sha::sha256msg2));
        set.add(Mnemonic.SHA256RNDS2, (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Sha.sha256rnds2(v, op.dst, v, op.third, v, op.src, v[op.detail]);
        });
        set.addVector(Mnemonic.PCMPESTRI, strings(true, true));
        set.addVector(Mnemonic.PCMPESTRM, strings(true, false));
        set.addVector(Mnemonic.PCMPISTRI, strings(false, true));
        set.addVector(Mnemonic.PCMPISTRM, strings(false, false));
    }

    private static Statement strings(boolean explicit, boolean index) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Cpu cpu = core.cpu;
            int imm = (int) op.immediate & 0xff;
            int la = explicit ? length(cpu, op, Cpu.RAX, imm) : StringCompare.implicitLength(v, op.dst, imm);
            int lb = explicit ? length(cpu, op, Cpu.RDX, imm) : StringCompare.implicitLength(v, op.src, imm);
            int result = StringCompare.compare(v, op.dst, la, v, op.src, lb, imm);
            if (index) {
                cpu.r[Cpu.RCX] = StringCompare.index(result, imm);
            } else {
                v[0] = StringCompare.mask(result, imm, 0);
                v[1] = StringCompare.mask(result, imm, 1);
                if (op.has(Op.VEX)) {
                    v[2] = 0;
                    v[3] = 0;
                }
            }
            cpu.setStatus(StringCompare.flags(result, la, lb, imm));
        };
    }

    /** REX.W tells whether the whole register counts. */
    private static int length(Cpu cpu, Op op, int register, int imm) {
        long value = cpu.r[register];
        return StringCompare.explicitLength(op.detail == VectorLowering.WIDE ? value : (int) value, imm);
    }
}
