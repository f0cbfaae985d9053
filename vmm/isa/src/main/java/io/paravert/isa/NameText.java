package io.paravert.isa;

/** The mnemonic as objdump writes it, with the letter it adds for unusual operand sizes. */
final class NameText {
    private NameText() {}

    static void append(Instruction in, StringBuilder out) {
        if (isExchange(in)) {
            out.append("xchg");
            return;
        }
        if (PseudoNames.apply(in)) {
            PseudoNames.append(in, out);
            return;
        }
        out.append(in.mnemonic().text());
        int bits = in.operandBits;
        switch (Forms.nameStyle(in.form)) {
            case Layout.NAME_SUFFIX -> {
                boolean usual = in.mode == 0
                        ? bits == 16
                        : in.mode == 1 ? bits == 32 : bits == 32 || bits == 64 && !isFarReturn(in);
                out.append(usual ? "" : letter(bits));
            }
            case Layout.NAME_DQ -> out.append(in.mode != 2 ? "" : (in.rex & 8) != 0 ? "q" : "d");
            case Layout.NAME_GDT -> out.append(in.mode == 2 ? "" : letter(bits));
            case Layout.NAME_ABS -> {
                boolean address = Layout.flagsImmediate(in.flags) == Layout.IMM_MOFFS;
                if (in.mode == 2 && (address ? in.addressBits == 64 : bits == 64)) {
                    out.append("abs");
                }
            }
            case Layout.NAME_W -> out.append((in.rex & 8) != 0 && in.mode == 2 ? "q" : "");
            default -> {}
        }
    }

    /** NOP with an operand-size prefix, which is written as the exchange that it once was. */
    static boolean isExchange(Instruction in) {
        return Forms.nameStyle(in.form) == Layout.NAME_NOP && (in.prefixes & Prefixes.OPERAND_SIZE) != 0;
    }

    /** RETF and IRET, which are 32 bits wide in 64-bit code unless REX.W says otherwise. */
    static boolean isFarReturn(Instruction in) {
        return Layout.flagsFlow(in.flags) == Layout.FLOW_RETURN && (in.flags & Layout.F_D64) == 0;
    }

    private static String letter(int bits) {
        return bits == 16 ? "w" : bits == 32 ? "d" : "q";
    }
}
