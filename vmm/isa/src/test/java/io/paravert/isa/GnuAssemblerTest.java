package io.paravert.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GnuAssemblerTest {
    private static final int TRIES = 40;
    private static final int WANTED = 3;
    /** What as does not know or reads otherwise. */
    private static final Pattern NOT_COMPARED = Pattern.compile(
            // SALC is unknown to it, BSWAP of 16 bits is undefined, REX prefixes it adds itself
            "salc|bswap +[a-z]{2}|bswap +r\\d+w|.*rex.*|.*riz.*|.*eiz.*|"
                    // m16:16 and m32, both DWORD PTR, are told apart by the code size
                    + "(jmp|call) +DWORD PTR.*|l[fgs]s +r..?,FWORD.*|"
                    // as leaves out a REX.W that changes nothing
                    + "(sldt|str) +r..?|mov +r..?,[c-gs]s");

    private final Decoder decoder = new Decoder();
    private final Encoder encoder = new Encoder();
    private final Instruction in = new Instruction();

    @ParameterizedTest
    @EnumSource(CodeSize.class)
    void shouldEncodeEveryFormAsTheGnuAssemblerDoes(CodeSize size) throws Exception {
        assumeThat(GnuAssembler.isInstalled())
                .as("as and objcopy (binutils) are not installed: encoder not compared with them")
                .isTrue();
        long seed = 20261105;
        System.out.println("seed " + seed);
        FormBytes bytes = new FormBytes(new SplittableRandom(seed));
        List<String> lines = new ArrayList<>();
        List<byte[]> ours = new ArrayList<>();
        for (int form = 0; form < Forms.COUNT; form++) {
            int taken = 0;
            for (int i = 0; i < TRIES && taken < WANTED; i++) {
                byte[] code = bytes.make(form, size);
                if (decoder.decode(code, 0, code.length, size, in) > 0 && in.form() == form && isComparable()) {
                    byte[] encoded = encodeAgain(size);
                    String text = ObjdumpText.withoutComment(in.toString());
                    if (!NOT_COMPARED.matcher(text).matches()) {
                        lines.add(text);
                        ours.add(encoded);
                        taken++;
                    }
                }
            }
        }
        byte[] theirs = GnuAssembler.assemble(lines, size);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int length = ours.get(i).length;
            byte[] slot = Arrays.copyOfRange(theirs, i * GnuAssembler.SLOT, i * GnuAssembler.SLOT + length + 1);
            boolean same = Arrays.equals(Arrays.copyOf(slot, length), ours.get(i));
            if (!same || slot[length] != (byte) 0xcc && i < lines.size() - 1) {
                differences.add(lines.get(i) + ": " + hex(ours.get(i)) + ", as: " + hex(slot));
            }
        }
        assertThat(differences).isEmpty();
        assertThat(lines).hasSizeGreaterThan(3000);
    }

    /** Encodes the decoded operands, and leaves in {@code in} what was encoded. */
    private byte[] encodeAgain(CodeSize size) {
        Operand[] operands = new Operand[in.operandCount()];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = in.operand(i);
        }
        int prefixes = switch (in.operandSize()) {
            case 16 -> Encoder.SIZE_16;
            case 32 -> Encoder.SIZE_32;
            default -> Encoder.SIZE_64;
        };
        byte[] out = new byte[Decoder.MAX_LENGTH];
        int length = encoder.encode(in.mnemonic(), size, operands, prefixes, out, 0);
        decoder.decode(out, 0, length, size, in);
        return Arrays.copyOf(out, length);
    }

    /** Branches need a target that as can see; a direct address does not say its size. */
    private boolean isComparable() {
        boolean branch =
                in.operandCount() > 0 && (in.kind(0) == OperandKind.RELATIVE || in.kind(0) == OperandKind.FAR_POINTER);
        boolean direct = in.base < 0 && (in.index < 0 || in.indexRegister().cls() == RegisterClass.VECTOR);
        return !branch && !(direct && in.addressSize() != in.codeSize().bits());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
