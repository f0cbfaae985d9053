package io.paravert.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoundTripTest {
    private static final int TRIES = 400;
    private static final int WANTED = 6;

    private final Decoder decoder = new Decoder();
    private final Encoder encoder = new Encoder();
    private final Instruction first = new Instruction();
    private final Instruction second = new Instruction();

    @Test
    void shouldDecodeEveryFormAndEncodeItBack() {
        long seed = 20261104;
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        FormBytes bytes = new FormBytes(random);
        List<String> unreached = new ArrayList<>();
        for (int form = 0; form < Forms.COUNT; form++) {
            int reached = 0;
            for (CodeSize size : CodeSize.values()) {
                for (int i = 0; i < TRIES && reached < WANTED * (size.ordinal() + 1); i++) {
                    byte[] code = bytes.make(form, size);
                    if (decoder.decode(code, 0, code.length, size, first) > 0 && first.form() == form) {
                        reached++;
                        encodeBack(code, size);
                    }
                }
            }
            if (reached == 0) {
                unreached.add(EncoderForms.syntax(form));
            }
        }
        // Lines marked asm are other orders of operands, which decoding never gives.
        assertThat(unreached)
                .containsExactlyInAnyOrder("test r8, m8", "test rv, mv", "xchg rax, rv", "xchg r8, m8", "xchg rv, mv");
    }

    private void encodeBack(byte[] code, CodeSize size) {
        if (losesAddressSize()) {
            return;
        }
        Operand[] operands = new Operand[first.operandCount()];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = first.operand(i);
        }
        int prefixes = switch (first.operandSize()) {
            case 16 -> Encoder.SIZE_16;
            case 32 -> Encoder.SIZE_32;
            default -> Encoder.SIZE_64;
        };
        String what = size + " " + HexFormat.of().formatHex(Arrays.copyOf(code, first.length())) + " " + first;
        byte[] out = new byte[Decoder.MAX_LENGTH];
        int length;
        try {
            length = encoder.encode(first.mnemonic(), size, operands, prefixes, out, 0);
        } catch (IsaException e) {
            throw new AssertionError(what, e);
        }
        what += " -> " + HexFormat.of().formatHex(Arrays.copyOf(out, length));
        assertThat(decoder.decode(out, 0, length, size, second)).as(what).isEqualTo(length);
        assertThat(second.mnemonic()).as(what).isEqualTo(first.mnemonic());
        assertThat(second.operandCount()).as(what).isEqualTo(operands.length);
        if (first.mnemonic() == Mnemonic.XCHG && !second.operand(0).equals(operands[0])) {
            // The accumulator's form has it second.
            Collections.reverse(Arrays.asList(operands));
        }
        for (int i = 0; i < operands.length; i++) {
            assertThat(second.operand(i)).as(what).isEqualTo(operands[i]);
            if (first.kind(i) == OperandKind.MEMORY || first.kind(i) == OperandKind.REGISTER) {
                assertThat(second.size(i)).as(what).isEqualTo(first.size(i));
            }
        }
        assertThat(length).as(what).isLessThanOrEqualTo(first.length());
    }

    /** A direct address does not say its size, so that a 67 prefix gets lost. */
    private boolean losesAddressSize() {
        boolean direct =
                first.base < 0 && (first.index < 0 || first.indexRegister().cls() == RegisterClass.VECTOR);
        return direct && first.addressSize() != first.codeSize().bits();
    }
}
