package io.paravert.isa;

/** Names that take in the last operand: cmpltps for cmpps with 1, pclmulhqlqdq for pclmulqdq with 1. */
final class PseudoNames {
    private static final String[] COMPARISONS = {
        "eq",
        "lt",
        "le",
        "unord",
        "neq",
        "nlt",
        "nle",
        "ord",
        "eq_uq",
        "nge",
        "ngt",
        "false",
        "neq_oq",
        "ge",
        "gt",
        "true",
        "eq_os",
        "lt_oq",
        "le_oq",
        "unord_s",
        "neq_us",
        "nlt_uq",
        "nle_uq",
        "ord_s",
        "eq_us",
        "nge_uq",
        "ngt_uq",
        "false_os",
        "neq_os",
        "ge_oq",
        "gt_oq",
        "true_us"
    };

    private PseudoNames() {}

    /** Whether the last operand is part of the name. */
    static boolean apply(Instruction in) {
        int value = (int) in.immediate & 0xff;
        return switch (Forms.nameStyle(in.form)) {
            case Layout.NAME_COMPARE -> value < (in.isVex() ? 32 : 8);
            case Layout.NAME_CARRYLESS -> (value & ~0x11) == 0;
            default -> false;
        };
    }

    static void append(Instruction in, StringBuilder out) {
        String name = in.mnemonic().text();
        int value = (int) in.immediate;
        if (Forms.nameStyle(in.form) == Layout.NAME_COMPARE) {
            int at = name.indexOf("cmp") + 3;
            out.append(name, 0, at).append(COMPARISONS[value]).append(name, at, name.length());
        } else {
            int at = name.indexOf("mul") + 3;
            out.append(name, 0, at).append((value & 1) == 0 ? "lq" : "hq").append((value & 16) == 0 ? "lqdq" : "hqdq");
        }
    }
}
