package io.paravert.isa;

/** The prefixes that are written before the mnemonic. */
final class PrefixText {
    private PrefixText() {}

    static void append(Instruction in, StringBuilder out) {
        if (in.hasLock()) {
            out.append("lock ");
        }
        if ((in.flags & (Layout.F_REP | Layout.F_REPZ)) != 0 && in.rep != 0) {
            boolean z = (in.flags & Layout.F_REPZ) != 0;
            out.append(in.rep == Instruction.PP_F2 ? "repnz " : z ? "repz " : "rep ");
        }
        if ((in.flags & Layout.F_BND) != 0 && in.rep == Instruction.PP_F2) {
            out.append("bnd ");
        }
    }
}
