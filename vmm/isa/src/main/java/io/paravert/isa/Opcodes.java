package io.paravert.isa;

/** The decision tree from opcode to form. */
final class Opcodes {
    private static final char[] ROOTS = Unpack.chars(DecoderData.roots());
    private static final byte[] MODRM = Unpack.bytes(DecoderData.modrm());
    private static final char[] NODES = Unpack.chars(DecoderData.nodes());

    private Opcodes() {}

    static boolean hasModRm(int map, int opcode) {
        return MODRM[map << 8 | opcode] != 0;
    }

    static boolean isKnown(int map, int opcode) {
        return ROOTS[map << 8 | opcode] != 0;
    }

    /** The form's index, or -1 when the opcode is invalid. */
    static int select(Instruction in) {
        int at = ROOTS[in.map << 8 | in.opcode];
        while (at >= Layout.TREE_NODE) {
            int node = at & Layout.TREE_NODE - 1;
            int modrm = in.modrm;
            int answer = switch (NODES[node]) {
                case Layout.ASK_MODE64 -> in.mode >> 1;
                case Layout.ASK_REX_B -> in.rex & 1;
                case Layout.ASK_PREFIX -> in.mandatoryPrefix();
                case Layout.ASK_MOD -> modrm >= 0xc0 ? 1 : 0;
                case Layout.ASK_REG -> modrm >> 3 & 7;
                case Layout.ASK_RM -> modrm & 7;
                case Layout.ASK_OPERAND_SIZE -> in.operandBits >> 5;
                case Layout.ASK_ADDRESS_SIZE -> in.addressBits >> 5;
                case Layout.ASK_W -> in.rex >> 3;
                default -> in.vectorL;
            };
            at = NODES[node + 1 + answer];
        }
        return at - 1;
    }
}
