package io.paravert.isa;

import java.util.Set;
import java.util.regex.Pattern;

/** Where objdump 2.40 and this decoder differ for a reason. Each rule has a name and says why. */
final class ObjdumpRules {
    private static final Set<String> UNUSED_PREFIXES = Set.of(
            "data16",
            "data32",
            "addr16",
            "addr32",
            "cs",
            "ds",
            "es",
            "ss",
            "fs",
            "gs",
            "repz",
            "repnz",
            "rep",
            "xacquire",
            "xrelease",
            "bnd",
            "notrack",
            "lock");

    private static final Pattern OTHER_EXTENSIONS = Pattern.compile(
            "k[a-z]+|v?fn?m(add|sub)|vfmaddsub|vfmsubadd|vpd?p[bw]|vpmac|vprot|vpsh[al]|vpcom|vpcmov|vpperm|vpermil2|"
                    + "vph(add|sub)|vfrcz|\\{vex\\}|\\{evex\\}|aadd|aand|aor|axor|aes(enc|dec)(wide)?(128|256)kl|cmpn?[a-z]+xadd|"
                    + "senduipi|enqcmds?|x(store|crypt|sha)|vpmadd52|loadiwkey|encodekey|t(dp|ile)|ldtilecfg|sttilecfg|"
                    + "vbcstne|vcvtne|xs?usldtrk|xresldtrk|uiret|clui|stui|testui|mcommit|hreset|wrmsrlist|rdmsrlist|wrmsrns|"
                    + "seamcall|seamret|seamops|tdcall|v?(sha512|sm3|sm4)|monitoru|pconfig|encl[suv]|montmul|pbndkb|prefetchit");

    private ObjdumpRules() {}

    /** The text without the address that objdump adds, and without trailing spaces. */
    static String withoutComment(String text) {
        int comment = text.indexOf("        #");
        return (comment >= 0 ? text.substring(0, comment) : text).stripTrailing();
    }

    /** The text without prefixes, of which objdump prints also those without effect. */
    static String plain(String text) {
        String left = text;
        int comment = left.indexOf("        #");
        if (comment >= 0) {
            left = left.substring(0, comment);
        }
        while (true) {
            int space = left.indexOf(' ');
            String first = space < 0 ? left : left.substring(0, space);
            boolean jumpHint = first.endsWith(",pn") || first.endsWith(",pt");
            if (jumpHint) {
                return first.substring(0, first.length() - 3)
                        + left.substring(space).replaceFirst(" +", " ");
            }
            if (space < 0 || !(UNUSED_PREFIXES.contains(first) || first.startsWith("rex"))) {
                return left.stripTrailing().replaceFirst(" +", " ");
            }
            left = left.substring(space + 1).stripLeading();
        }
    }

    /** The name of the rule that explains a difference, or an empty string. */
    static String explain(
            byte[] blob, Objdump.Line line, CodeSize size, int length, Instruction in, String theirs, String ours) {
        if (length < 0 && prefixes(blob, line) >= Decoder.MAX_LENGTH - 1) {
            return "more than 14 prefixes: no instruction; objdump prints them as one";
        }
        if (size == CodeSize.CODE64 && strayRex(blob, line.offset())) {
            return "stray REX: a REX prefix before another prefix has no effect; objdump prints it as an instruction";
        }
        boolean bad = theirs.contains("(bad)") || theirs.contains("?");
        boolean lock = line.text().contains("lock ");
        if (length == Decoder.INVALID && lock) {
            return "LOCK where it is not allowed is #UD; objdump prints it";
        }
        if (length == Decoder.INVALID
                && theirs.startsWith("mov")
                && theirs.matches("mov ([cs]s|\\?|[cd]r\\d+),.*|mov .*,([cd]r\\d+|\\?)")) {
            return "MOV with CS as destination, or a control or debug register that does not exist, is #UD";
        }
        if (in != null && in.mnemonic() == Mnemonic.FWAIT || line.text().contains("fwait")) {
            return "FWAIT is an instruction; objdump takes it together with what follows or precedes";
        }
        if (in != null && in.feature() == Feature.X87 && bad) {
            return "undocumented x87 encodings do what their documented twins do";
        }
        int opcode = line.offset() + prefixes(blob, line);
        if (blob[opcode] == 0x0f && (blob[opcode + 1] == 0x0f || blob[opcode + 1] == 0x0e)) {
            return "3DNow is gone";
        }
        if (theirs.contains("only)")) {
            return "8087 and 80287 instructions are no-operations; objdump adds a remark";
        }
        if (ours.contains(",cr8") || ours.contains("cr8,")) {
            return "LOCK makes CR0 CR8 on AMD";
        }
        if (in != null && in.mnemonic() == Mnemonic.WBINVD && bad) {
            return "66 before WBINVD is ignored; objdump calls it bad";
        }
        if (in != null && bad && plain(ours).matches("bs[fr] .*")) {
            return "F2 before BSF and BSR is ignored; objdump calls it bad";
        }
        if (in != null && bad && plain(ours).matches("[mls]fence")) {
            return "a fence ignores ModRM.rm (0-7); objdump knows some as bad";
        }
        if (theirs.startsWith("prefetchit") && in != null && in.mnemonic() == Mnemonic.NOP) {
            return "PREFETCHIT0 and PREFETCHIT1 are Intel's; elsewhere they are NOPs";
        }
        if (theirs.matches("movq2dq .*|movdq2q .*") && hasPrefix(blob, line, 0x66)) {
            return "66 before MOVQ2DQ and MOVDQ2Q has no effect; objdump makes the MMX register an XMM register";
        }
        if (theirs.matches("f(ldenv|nstenv|nsave|rstor)w .*") && in != null && in.operandSize() == 64) {
            return "REX.W outranks 66 in the size of the x87 environment; objdump has it the other way round";
        }
        if (length == Decoder.INVALID && size != CodeSize.CODE64 && theirs.matches("swapgs|(rd|wr)[fg]sbase .*")) {
            return "SWAPGS and the FSGSBASE instructions are #UD outside 64-bit code; objdump prints them";
        }
        if (in != null && in.mnemonic() == Mnemonic.SALC && bad) {
            return "SALC (D6) is in every 32-bit processor; objdump 2.40 does not know it";
        }
        if (in != null && in.isVex() && in.vectorLength() == 256 && plain(ours).matches("vmovs[sd] xmm.*")) {
            return "VMOVSS and VMOVSD ignore VEX.L; objdump prints a YMM register in the store form";
        }
        if (ours.contains("FWORD PTR") && in != null && in.operandSize() == 64) {
            return "REX.W outranks 66 in far pointers; objdump has it the other way round";
        }
        if (length == Decoder.INVALID && isVex(blob, line) && prefixBeforeVex(blob, line, size)) {
            return "66, F2, F3, LOCK and REX before VEX are #UD; objdump prints them";
        }
        if (length == Decoder.INVALID && theirs.matches("vzero(upper|all)|v(ld|st)mxcsr .*|extrq .*,0x.*")) {
            return "VEX.pp of VZEROUPPER and VLDMXCSR has to be 0, ModRM.reg of EXTRQ too; objdump takes anything";
        }
        if (length == Decoder.INVALID && theirs.matches("mov (tr\\d,.*|.*,tr\\d)")) {
            return "test registers are gone";
        }
        if (length == Decoder.INVALID && (blob[line.offset() + prefixes(blob, line)] & 0xff) == 0x62) {
            return "EVEX: AVX-512 is not in the table";
        }
        if (length == Decoder.INVALID && OTHER_EXTENSIONS.matcher(theirs).lookingAt()) {
            return "extensions beyond the table: AVX-512, AVX-VNNI, AVX-IFMA, FMA4, XOP, TBM, key locker, RAO-INT,"
                    + " CMPCCXADD, UINTR, ENQCMD, PadLock, AVX-NE-CONVERT, AMX, TSXLDTRK, MCOMMIT";
        }
        if (length == Decoder.INVALID
                && theirs.matches(
                        "(fx|x|st|ld)(save|rstor|mxcsr).*|vmptrst.*|pmovmskb .*|xgetbv|xsetbv|xend|xtest|"
                                + "vm(call|launch|resume|xoff|func)|monitorx?.*|mwaitx?.*|clac|stac|(rd|wr)pkru|[lms]fence|serialize|clzero")) {
            return "66, F2 and F3 before instructions for which the manuals say NP are reserved; objdump prints them";
        }
        if (line.text().contains("notrack ") && line.text().matches(".*\\b[c-gs]s .*")) {
            return "which of several segment prefixes is NOTRACK";
        }
        if (theirs.startsWith("pause") && plain(ours).startsWith("xchg")) {
            return "90 with REX.B is XCHG even with F3";
        }
        if (in != null && in.operandCount() > 0 && in.kind(0) == OperandKind.RELATIVE && in.operandSize() == 16) {
            return sameBut16Bits(theirs, ours)
                    ? "a 16-bit branch wraps at 64 KiB; objdump does not cut short ones"
                    : "";
        }
        if (in != null && in.mnemonic() == Mnemonic.NOP && theirs.startsWith("bnd")) {
            return "MPX is gone; its opcodes are NOPs";
        }
        return "";
    }

    /** The number of prefixes, REX included in any code size where it is one. */
    private static int prefixes(byte[] blob, Objdump.Line line) {
        int at = line.offset();
        while (at + 1 < blob.length
                && (isLegacy(blob[at] & 0xff) || line.text().contains("rex") && (blob[at] & 0xf0) == 0x40)) {
            at++;
        }
        return at - line.offset();
    }

    private static boolean hasPrefix(byte[] blob, Objdump.Line line, int prefix) {
        for (int i = 0; i < prefixes(blob, line); i++) {
            if ((blob[line.offset() + i] & 0xff) == prefix) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVex(byte[] blob, Objdump.Line line) {
        int opcode = blob[line.offset() + prefixes(blob, line)] & 0xfe;
        return opcode == 0xc4;
    }

    private static boolean prefixBeforeVex(byte[] blob, Objdump.Line line, CodeSize size) {
        for (int i = 0; i < prefixes(blob, line); i++) {
            switch (blob[line.offset() + i] & 0xff) {
                case 0x66, 0xf2, 0xf3, 0xf0 -> {
                    return true;
                }
                default -> {
                    if (size == CodeSize.CODE64 && (blob[line.offset() + i] & 0xf0) == 0x40) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean sameBut16Bits(String theirs, String ours) {
        String[] a = plain(theirs).split(" 0x");
        String[] b = plain(ours).split(" 0x");
        return a.length == 2
                && b.length == 2
                && a[0].equals(b[0])
                && (Long.parseUnsignedLong(a[1], 16) & 0xffff) == Long.parseUnsignedLong(b[1], 16);
    }

    /** Whether a REX prefix comes before another prefix. */
    private static boolean strayRex(byte[] blob, int from) {
        for (int at = from; at + 1 < Math.min(blob.length, from + 15); at++) {
            int b = blob[at] & 0xff;
            boolean rex = (b & 0xf0) == 0x40;
            if (!rex && !isLegacy(b)) {
                return false;
            }
            int next = blob[at + 1] & 0xff;
            if (rex) {
                return isLegacy(next) || (next & 0xf0) == 0x40;
            }
        }
        return false;
    }

    private static boolean isLegacy(int b) {
        return switch (b) {
            case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3 -> true;
            default -> false;
        };
    }
}
