package io.paravert.isa;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes one instruction to memory, in the shortest of its encodings; of equally short ones in that which the GNU
 * assembler chooses. An encoder has no state: threads may share it.
 */
public final class Encoder {
    /** LOCK prefix. */
    public static final int LOCK = 1;
    /** REP or REPE prefix. */
    public static final int REP = 2;
    /** REPNE prefix. */
    public static final int REPNE = 4;
    /** NOTRACK (3E) prefix, for indirect branches. */
    public static final int NOTRACK = 8;
    /** Operand size of 8 bits, for string instructions without operands. */
    public static final int SIZE_8 = 16;
    /** Operand size of 16 bits, where no operand says it. */
    public static final int SIZE_16 = 32;
    /** Operand size of 32 bits, where no operand says it. */
    public static final int SIZE_32 = 64;
    /** Operand size of 64 bits, where no operand says it. */
    public static final int SIZE_64 = 128;
    /** A displacement of full size even where a byte would do. */
    public static final int FULL_DISPLACEMENT = 256;

    private static final int NEAREST = 4;

    /** As the long form, without prefixes. */
    public int encode(Mnemonic mnemonic, CodeSize size, byte[] out, int offset, Operand... operands) {
        return encode(mnemonic, size, operands, 0, out, offset);
    }

    /**
     * Encodes an instruction.
     *
     * @param mnemonic what it does
     * @param size the code segment's default size
     * @param operands in Intel order; a string instruction may go without, if {@code prefixes} tell its size
     * @param prefixes of LOCK, REP, REPNE, NOTRACK, SIZE_8 to SIZE_64, FULL_DISPLACEMENT
     * @param out receives up to 15 bytes
     * @param offset of the first byte in {@code out}
     * @return the length in bytes
     * @throws IsaException if no form takes these operands; the message names the operand and the nearest forms
     */
    public int encode(Mnemonic mnemonic, CodeSize size, Operand[] operands, int prefixes, byte[] out, int offset) {
        Attempt attempt = new Attempt(size, operands, prefixes);
        int row = mnemonic.ordinal();
        for (int k = EncoderForms.start(row); k < EncoderForms.start(row + 1); k++) {
            int form = EncoderForms.form(k);
            if ((Forms.flags(form) & Layout.F_ALIAS) == 0) {
                attempt.runAll(form);
            }
        }
        if (attempt.otherMemorySize() != 0) {
            throw new IsaException(text(mnemonic, operands) + ": give the memory operand a size, for it can have "
                    + attempt.memorySize() + " or " + attempt.otherMemorySize() + " bits");
        }
        byte[] best = attempt.best();
        if (best.length == 0) {
            throw new IsaException(complaint(mnemonic, size, operands, attempt.furthest()));
        }
        if (best.length > Decoder.MAX_LENGTH) {
            throw new IsaException(text(mnemonic, operands) + ": longer than 15 bytes");
        }
        System.arraycopy(best, 0, out, offset, best.length);
        return best.length;
    }

    /** Whether an instruction has a form that takes a branch displacement. */
    public static boolean isRelative(Mnemonic mnemonic) {
        int row = mnemonic.ordinal();
        for (int k = EncoderForms.start(row); k < EncoderForms.start(row + 1); k++) {
            if (Layout.opLocation(Forms.operand(EncoderForms.form(k), 0)) == Layout.LOC_REL) {
                return true;
            }
        }
        return false;
    }

    private static String text(Mnemonic mnemonic, Operand[] operands) {
        StringBuilder out = new StringBuilder(mnemonic.text());
        for (int i = 0; i < operands.length; i++) {
            out.append(i == 0 ? " " : ", ").append(name(operands[i]));
        }
        return out.toString();
    }

    private static String name(Operand operand) {
        return operand instanceof Register register ? register.text() : operand.toString();
    }

    private static String complaint(Mnemonic mnemonic, CodeSize size, Operand[] operands, int furthest) {
        Set<String> nearest = new LinkedHashSet<>();
        Set<String> others = new LinkedHashSet<>();
        Attempt attempt = new Attempt(size, operands, 0);
        int row = mnemonic.ordinal();
        for (int k = EncoderForms.start(row); k < EncoderForms.start(row + 1); k++) {
            int form = EncoderForms.form(k);
            boolean near = furthest <= 0;
            for (int c = attempt.firstCandidate(form); c != 0 && !near; c = attempt.nextCandidate(c)) {
                near = -attempt.run(form, c) == furthest;
            }
            if (near && (Forms.flags(form) & Layout.F_ALIAS) == 0) {
                boolean kind = furthest <= 0
                        || furthest > operands.length
                        || Attempt.takesKind(Forms.operand(form, furthest - 1), operands[furthest - 1]);
                (kind ? nearest : others).add(EncoderForms.syntax(form));
            }
        }
        String forms =
                (nearest.isEmpty() ? others : nearest).stream().limit(NEAREST).collect(Collectors.joining("; "));
        String what;
        if (furthest <= 0) {
            what = "no form in " + size.bits() + "-bit code has " + count(operands.length);
        } else if (furthest > operands.length) {
            what = "these prefixes, registers or operand sizes do not go together in " + size.bits() + "-bit code";
        } else {
            what = "operand " + furthest + " (" + name(operands[furthest - 1]) + ") does not fit";
        }
        return text(mnemonic, operands) + ": " + what + "; nearest: " + forms;
    }

    private static String count(int operands) {
        return operands == 0 ? "no operands" : operands == 1 ? "one operand" : operands + " operands";
    }

    /** The bytes of one instruction. */
    public byte[] encode(Mnemonic mnemonic, CodeSize size, Operand... operands) {
        byte[] out = new byte[Decoder.MAX_LENGTH];
        return Arrays.copyOf(out, encode(mnemonic, size, operands, 0, out, 0));
    }
}
