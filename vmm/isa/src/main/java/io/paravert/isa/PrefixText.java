package io.paravert.isa;

/**
 * The prefixes written before the mnemonic: those that say something (lock, rep, notrack), and those without effect,
 * which objdump writes so that no byte goes unmentioned.
 */
final class PrefixText {
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

    private PrefixText() {}

    static void append(Instruction in, StringBuilder out) {
        if (in.prefixTrace == 0) {
            return;
        }
        int count = 16 - Long.numberOfLeadingZeros(in.prefixTrace) / 4;
        int later = 0;
        // From the last to the first, to know which is the last of its kind; then written in order.
        String[] texts = new String[count];
        for (int i = 0; i < count; i++) {
            int code = (int) (in.prefixTrace >>> 4 * i) & 15;
            int kind = code < Prefixes.CODE_66 ? 1 : 1 << code;
            boolean last = (later & kind) == 0;
            later |= kind;
            texts[i] = last ? lastOfItsKind(in, code) : name(in, code);
        }
        for (int i = count - 1; i >= 0; i--) {
            if (!texts[i].isEmpty()) {
                out.append(texts[i]).append(' ');
            }
        }
    }

    private static String name(Instruction in, int code) {
        return switch (code) {
            case Prefixes.CODE_66 -> in.mode == 0 ? "data32" : "data16";
            case Prefixes.CODE_67 -> in.mode == 1 ? "addr16" : "addr32";
            case Prefixes.CODE_LOCK -> "lock";
            case Prefixes.CODE_F2 -> "repnz";
            case Prefixes.CODE_F3 -> "repz";
            case Prefixes.CODE_REX -> "";
            default -> SEGMENTS[code - 1];
        };
    }

    /** Empty if the operands or the mnemonic show the prefix. */
    private static String lastOfItsKind(Instruction in, int code) {
        boolean shown = switch (code) {
            case Prefixes.CODE_66 -> usesOperandSize(in);
            case Prefixes.CODE_67 -> usesAddressSize(in);
            case Prefixes.CODE_LOCK -> (in.flags & Layout.F_ALTCR8) != 0;
            case Prefixes.CODE_F2, Prefixes.CODE_F3 ->
                (in.flags & Layout.F_REP_OPCODE) != 0
                        && in.rep == (code == Prefixes.CODE_F3 ? Instruction.PP_F3 : Instruction.PP_F2);
            case Prefixes.CODE_REX -> false;
            default -> !isNotrack(in) && usesSegment(in);
        };
        if (shown) {
            return "";
        }
        return switch (code) {
            case Prefixes.CODE_REX -> RexText.unused(in);
            case Prefixes.CODE_F3 -> repeat(in, "rep", "repz", "xrelease");
            case Prefixes.CODE_F2 -> (in.flags & Layout.F_BND) != 0 ? "bnd" : repeat(in, "repnz", "repnz", "xacquire");
            case Prefixes.CODE_DS -> isNotrack(in) ? "notrack" : "ds";
            default -> name(in, code);
        };
    }

    private static String repeat(Instruction in, String plain, String whileEqual, String elision) {
        if ((in.flags & Layout.F_REP) != 0) {
            return plain;
        }
        return mayElide(in) ? elision : whileEqual;
    }

    /** Where F2 and F3 are written as hints of lock elision: locked instructions, XCHG, and (F3 only) stores. */
    private static boolean mayElide(Instruction in) {
        if (in.modrm >= 0xc0 || (in.flags & Layout.F_MODRM) == 0) {
            return false;
        }
        boolean store = in.map == 0 && in.rep == Instruction.PP_F3 && isPlainStore(in.opcode);
        return in.hasLock() || in.map == 0 && (in.opcode & 0xfe) == 0x86 || store;
    }

    private static boolean isPlainStore(int opcode) {
        return (opcode & 0xfe) == 0x88 || (opcode & 0xfe) == 0xc6;
    }

    private static boolean usesOperandSize(Instruction in) {
        if ((in.flags & Layout.F_P66) != 0 || Forms.nameStyle(in.form) == Layout.NAME_NOP) {
            return true;
        }
        if ((in.flags & Layout.F_OPSIZE) == 0 || (in.rex & 8) != 0 || isShortBranch(in)) {
            return false;
        }
        boolean named = Forms.nameStyle(in.form) == Layout.NAME_SUFFIX;
        return in.operandCount() == 0 || named || SizeUse.varies(in);
    }

    private static boolean isShortBranch(Instruction in) {
        return Layout.opLocation(Forms.operand(in.form, 0)) == Layout.LOC_REL
                && Layout.flagsImmediate(in.flags) == Layout.IMM_B;
    }

    private static boolean usesAddressSize(Instruction in) {
        return SizeUse.usesAddress(in)
                || isShortBranch(in) && in.mnemonic().text().endsWith("cxz");
    }

    /** Whether the operands show the segment; string instructions show DS even for a null prefix. */
    private static boolean usesSegment(Instruction in) {
        for (int i = 0; i < in.operandCount(); i++) {
            int location = Layout.opLocation(Forms.operand(in.form, i));
            if (location == Layout.LOC_SI || location == Layout.LOC_BX) {
                return true;
            }
            if (in.segment != 0 && in.kind(i) == OperandKind.MEMORY && location != Layout.LOC_DI) {
                return true;
            }
        }
        return false;
    }

    /** DS before an indirect near branch turns branch tracking off (Intel SDM vol. 1, 18.3.1). */
    static boolean isNotrack(Instruction in) {
        boolean indirect =
                (in.flags & Layout.F_BND) != 0 && Layout.opLocation(Forms.operand(in.form, 0)) == Layout.LOC_RM;
        if (!indirect) {
            return false;
        }
        for (long trace = in.prefixTrace; trace != 0; trace >>>= 4) {
            int code = (int) trace & 15;
            if (code < Prefixes.CODE_66) {
                return code == Prefixes.CODE_DS;
            }
        }
        return false;
    }
}
