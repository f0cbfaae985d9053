package io.paravert.soft.differential;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.Register;
import io.paravert.soft.GuestRing3;
import io.paravert.soft.numeric.ring3.Differential;
import io.paravert.soft.numeric.ring3.Ring3;
import io.paravert.soft.numeric.ring3.Ring3State;
import io.paravert.soft.translator.Translator;
import java.util.HexFormat;
import java.util.function.Predicate;

/** Sequences by number, on the processor and on the engine. */
final class Runs implements AutoCloseable {
    /** Bits 20 and up of the addresses where the native harness lies. */
    private static final long HARNESS = 0x135;

    private static final int MISALIGNED_MODE = 1 << 17;
    /** One sequence of so many is also run as translated code: making a region takes as long as running hundreds. */
    private static final int TRANSLATED = Integer.getInteger("paravert.differential.translated", 16);

    private final Ring3 processor = Ring3.open("avx2", "fma", "bmi2", "sha_ni");
    /** Every block is translated when it has run once. */
    private final GuestRing3 guest =
            new GuestRing3(() -> new Translator(new Translator.Settings(1, 64, 200, 6), Runnable::run));

    private final Sequence sequence;
    private final Ring3State[] inputs = new Ring3State[Ring3.BATCH];
    private final Ring3State[] processed = new Ring3State[Ring3.BATCH];
    private final byte[][] codes = new byte[Ring3.BATCH][];
    private final int[] undefinedOnTheWay = new int[Ring3.BATCH];
    private final int[] undefined = new int[Ring3.BATCH];
    private final Ring3State interpreted = new Ring3State();
    private final Ring3State translated = new Ring3State();

    private final CodeSize size;

    Runs(CodeSize size, Predicate<Instruction> wanted) {
        this.size = size;
        sequence = new Sequence(size, new Templates(size, wanted));
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = new Ring3State();
            processed[i] = new Ring3State();
        }
    }

    /** Runs up to {@link Ring3#BATCH} sequences from a number on; the first difference, or an empty string. */
    String batch(long from, int count) {
        for (int i = 0; i < count; i++) {
            sequence.make(from + i);
            inputs[i].copyFrom(sequence.state);
            codes[i] = sequence.code();
            undefined[i] = sequence.undefinedFlags();
            undefinedOnTheWay[i] = sequence.undefinedOnTheWay();
        }
        return run(from, count);
    }

    /** Runs one code on the states of up to {@link Ring3#BATCH} sequences; no flag may be undefined. */
    String fixed(byte[] code, long from, int count) {
        for (int i = 0; i < count; i++) {
            sequence.make(from + i);
            inputs[i].copyFrom(sequence.state);
            codes[i] = code;
            undefined[i] = 0;
            undefinedOnTheWay[i] = 0;
        }
        return run(from, count);
    }

    private String run(long from, int count) {
        processor.run(size.bits(), codes, inputs, processed, count);
        for (int i = 0; i < count; i++) {
            guest.run(size.bits(), codes[i], inputs[i], interpreted);
            String wrong = compare(i);
            if (wrong.isEmpty() && size == CodeSize.CODE64 && (from + i) % TRANSLATED == 0) {
                wrong = compareTranslated(i);
            }
            if (!wrong.isEmpty()) {
                return size + " sequence " + (from + i) + ": " + HexFormat.of().formatHex(codes[i]) + listing(codes[i])
                        + "\nengine -> processor" + wrong + "\ninput:" + Differential.describe(inputs[i]);
            }
        }
        return "";
    }

    private String compareTranslated(int i) {
        guest.again(size.bits(), codes[i], inputs[i], translated);
        StringBuilder wrong = new StringBuilder();
        if (interpreted.rip != translated.rip) {
            wrong.append(String.format("%n  rip %x -> %x", interpreted.rip, translated.rip));
        }
        if (interpreted.cr2 != translated.cr2) {
            wrong.append(String.format("%n  cr2 %x -> %x", interpreted.cr2, translated.cr2));
        }
        Differential.differences(interpreted, translated, -1, wrong);
        return wrong.length() == 0 ? "" : "\ninterpreted -> translated" + wrong;
    }

    private String compare(int i) {
        if (interpreted.cr2 >>> 20 == HARNESS) {
            return ""; // the harness itself lies there
        }
        if (asksForMisalignedMode(i)) {
            return "";
        }
        StringBuilder wrong = new StringBuilder();
        Ring3State got = processed[i];
        if (size != CodeSize.CODE64) {
            // What legacy modes leave in the upper halves of registers is undefined (AMD APM vol. 1, 3.1.2).
            for (int r = 0; r < 8; r++) {
                got.gpr[r] &= 0xffff_ffffL;
                interpreted.gpr[r] &= 0xffff_ffffL;
            }
        }
        if (got.trap != 14) got.cr2 = 0;
        if (interpreted.rip != got.rip) wrong.append(String.format("%n  rip %x -> %x", interpreted.rip, got.rip));
        long shown = reportsPageAlone(codes[i], got.rip) ? -4096 : -1;
        if (((interpreted.cr2 ^ got.cr2) & shown) != 0)
            wrong.append(String.format("%n  cr2 %x -> %x", interpreted.cr2, got.cr2));
        int masked = got.trap < 0 ? undefined[i] : undefinedOnTheWay[i];
        Differential.differences(interpreted, got, Differential.RFLAGS_COMPARED & ~(long) masked, wrong);
        return wrong.toString();
    }

    /** LDMXCSR with bit 17, MM, which AMD's MISALIGNSSE adds (APM vol. 2, 11.3.5): this engine's CPUID does not offer it, so here it is #GP. */
    private boolean asksForMisalignedMode(int i) {
        byte[] code = codes[i];
        Instruction in = new Instruction();
        if (interpreted.trap != 13
                || interpreted.rip < 0
                || interpreted.rip >= code.length
                || new Decoder().decode(code, (int) interpreted.rip, code.length, size, in) <= 0
                || in.mnemonic() != Mnemonic.LDMXCSR && in.mnemonic() != Mnemonic.VLDMXCSR) {
            return false;
        }
        long address = effectiveAddress(in, interpreted);
        int upper = byteAt(address + 2, code) | byteAt(address + 3, code) << 8;
        return upper == MISALIGNED_MODE >>> 16;
    }

    private int byteAt(long address, byte[] code) {
        long inMemory = address - (size == CodeSize.CODE16 ? 0 : Ring3State.MEM_ADDRESS);
        if (inMemory >= 0 && inMemory < Ring3State.MEM_BYTES) {
            return interpreted.mem.get((int) inMemory) & 0xff;
        }
        long inCode = address - Ring3State.CODE_ADDRESS;
        return inCode >= 0 && inCode < code.length ? code[(int) inCode] & 0xff : 0;
    }

    private static long effectiveAddress(Instruction in, Ring3State state) {
        long sum = in.displacement() + in.scale() * value(in.indexRegister(), state) + value(in.baseRegister(), state);
        return in.addressSize() == 64 ? sum : sum & (1L << in.addressSize()) - 1;
    }

    private static long value(Register register, Ring3State state) {
        return register == Register.NONE ? 0 : state.gpr[register.number()];
    }

    /** Where in an access of many words a fault lies is the processor's own order. */
    private boolean reportsPageAlone(byte[] code, long at) {
        Instruction in = new Instruction();
        if (at < 0 || at >= code.length || new Decoder().decode(code, (int) at, code.length, size, in) <= 0) {
            return false;
        }
        return switch (in.mnemonic()) {
            case FLDENV, FNSTENV, FNSAVE, FRSTOR, MASKMOVDQU, MASKMOVQ, VMASKMOVDQU -> true;
            default -> false;
        };
    }

    private String listing(byte[] code) {
        StringBuilder text = new StringBuilder();
        Decoder decoder = new Decoder();
        Instruction in = new Instruction();
        for (int at = 0; at < code.length; at += in.length()) {
            if (decoder.decode(code, at, code.length, size, in) <= 0) break;
            text.append(String.format("%n  %2x %s", at, in));
        }
        return text.toString();
    }

    @Override
    public void close() {
        processor.close();
        guest.close();
    }
}
