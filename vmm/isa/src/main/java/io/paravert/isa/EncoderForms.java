package io.paravert.isa;

/** The encoder's view of the table: forms by mnemonic, and how each is encoded. */
final class EncoderForms {
    private static final int[] ENCODINGS = Unpack.ints(EncoderData.encodings());
    private static final char[] STARTS = Unpack.chars(EncoderData.starts());
    private static final char[] LISTS = Unpack.chars(EncoderData.lists());

    private EncoderForms() {}

    static int start(int mnemonic) {
        return STARTS[mnemonic];
    }

    static int form(int k) {
        return LISTS[k];
    }

    static int encoding(int form) {
        return ENCODINGS[form];
    }

    /** The form as the table writes it. */
    static String syntax(int form) {
        return SyntaxData.syntax().split("\n", -1)[form];
    }
}
