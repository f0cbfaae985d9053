package io.paravert.isa;

/** The forms of the instruction table: what decoder, encoder and formatter know of each line. */
final class Forms {
    static final int COUNT = DecoderData.FORMS;

    private static final int[] FLAGS = Unpack.ints(DecoderData.flags());
    private static final char[] MNEMONICS = Unpack.chars(DecoderData.mnemonics());
    private static final int[] OPERANDS = operands();
    private static final byte[] NAME_STYLES = Unpack.bytes(DecoderData.nameStyles());
    private static final byte[] IMPLIED_IDS = Unpack.bytes(DecoderData.impliedIds());
    private static final long[] IMPLIED = Unpack.longs(DecoderData.implied());
    private static final byte[] FEATURE_IDS = Unpack.bytes(DecoderData.featureIds());

    private Forms() {}

    private static int[] operands() {
        byte[] ids = Unpack.bytes(DecoderData.operandIds());
        int[] specs = Unpack.ints(DecoderData.operandSpecs());
        int[] out = new int[ids.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = specs[ids[i] & 0xff];
        }
        return out;
    }

    static int flags(int form) {
        return FLAGS[form];
    }

    static int mnemonic(int form) {
        return MNEMONICS[form];
    }

    /** The packed operand, 0 past the last. */
    static int operand(int form, int i) {
        return OPERANDS[form * Layout.MAX_OPERANDS + i];
    }

    static int operandCount(int form) {
        int count = 0;
        while (count < Layout.MAX_OPERANDS && operand(form, count) != 0) {
            count++;
        }
        return count;
    }

    static int nameStyle(int form) {
        return NAME_STYLES[form];
    }

    static long implied(int form) {
        return IMPLIED[IMPLIED_IDS[form] & 0xff];
    }

    static Feature feature(int form) {
        return Features.BY_ID[FEATURE_IDS[form]];
    }

    /** Apart, so that decoding alone does not make the enum. */
    private static final class Features {
        static final Feature[] BY_ID = DecoderData.features();
    }
}
