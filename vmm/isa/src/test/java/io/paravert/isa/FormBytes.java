package io.paravert.isa;

import java.util.SplittableRandom;

/** Random encodings of one form, made from the table's encoding word without the encoder. */
final class FormBytes {
    private final SplittableRandom random;
    private final byte[] out = new byte[40];
    private int at;

    FormBytes(SplittableRandom random) {
        this.random = random;
    }

    /** Bytes that should decode to the form if its registers allow; the rest is NOPs. */
    byte[] make(int form, CodeSize size) {
        java.util.Arrays.fill(out, (byte) 0x90);
        at = 0;
        int flags = Forms.flags(form);
        int encoding = EncoderForms.encoding(form);
        boolean code64 = size == CodeSize.CODE64;
        int osz = encoding >>> Layout.E_OSZ_SHIFT & 3;
        int asz = encoding >>> Layout.E_ASZ_SHIFT & 3;
        boolean vex = (flags & Layout.F_VEX) != 0;
        int wanted = osz == 0 ? 0 : 8 << osz;
        boolean rexW = code64 && (wanted == 64 || wanted == 0 && random.nextInt(3) == 0);
        int w = encoding >> Layout.E_W_SHIFT & 3;
        rexW = w == Layout.W_1 || w != Layout.W_0 && rexW;
        boolean other = wanted == 0 ? random.nextInt(4) == 0 : wanted == 16 != (size == CodeSize.CODE16);
        boolean givenPrefix = (encoding & Layout.E_PP_GIVEN) != 0;
        if (other && wanted != 64 && !vex && !givenPrefix) {
            out[at++] = 0x66;
        }
        boolean addressPrefix = asz == 0 ? random.nextInt(8) == 0 : 8 << asz != size.bits();
        if (addressPrefix) {
            out[at++] = 0x67;
        }
        if (vex) {
            vex(encoding, code64, rexW);
        } else {
            legacy(encoding, code64, rexW);
        }
        int plus = (encoding & Layout.E_PLUS_R) != 0 ? random.nextInt(8) : 0;
        out[at++] = (byte) ((encoding & Layout.E_OPCODE_MASK) + plus);
        if ((flags & Layout.F_MODRM) != 0) {
            modrm(encoding);
        }
        while (at < 24) {
            out[at++] = (byte) random.nextInt(256);
        }
        return out;
    }

    private void legacy(int encoding, boolean code64, boolean rexW) {
        int pp = encoding >> Layout.E_PP_SHIFT & 3;
        if (pp != 0) {
            out[at++] = (byte) (pp == 1 ? 0x66 : pp == 2 ? 0xf3 : 0xf2);
        }
        if (code64 && (rexW || random.nextInt(3) == 0)) {
            out[at++] = (byte) (0x40 | random.nextInt(8) | (rexW ? 8 : 0));
        }
        int map = encoding >> Layout.E_MAP_SHIFT & 3;
        if (map > 0) {
            out[at++] = 0x0f;
        }
        if (map > 1) {
            out[at++] = (byte) (map == 2 ? 0x38 : 0x3a);
        }
    }

    private void vex(int encoding, boolean code64, boolean w) {
        int l = encoding >> Layout.E_L_SHIFT & 3;
        boolean longVector = l == Layout.L_1 || l == Layout.L_OPERAND && random.nextBoolean();
        int vvvv = random.nextBoolean() ? 15 : random.nextInt(16);
        out[at++] = (byte) 0xc4;
        out[at++] = (byte) ((code64 ? random.nextInt(8) << 5 : 0xe0) | encoding >> Layout.E_MAP_SHIFT & 3);
        out[at++] = (byte) ((w ? 0x80 : 0) | vvvv << 3 | (longVector ? 4 : 0) | encoding >> Layout.E_PP_SHIFT & 3);
    }

    private void modrm(int encoding) {
        int digit = encoding >> Layout.E_DIGIT_SHIFT & 15;
        int reg = digit < 8 ? digit : random.nextInt(8);
        int mod = switch (encoding >> Layout.E_MOD_SHIFT & 3) {
            case Layout.MOD_MEMORY -> random.nextInt(3);
            case Layout.MOD_ANY -> random.nextInt(4);
            default -> 3;
        };
        boolean fixed = (encoding >> Layout.E_MOD_SHIFT & 3) == Layout.MOD_FIXED_RM;
        int rm = fixed ? encoding >> Layout.E_RM_SHIFT & 7 : random.nextInt(8);
        out[at++] = (byte) (mod << 6 | reg << 3 | rm);
    }
}
