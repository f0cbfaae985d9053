package io.paravert.isa;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Where objdump 2.40 and this decoder differ for a reason. Each rule has a name that says why; the first that fits counts. */
final class ObjdumpRules {
    private static final Pattern OTHER_EXTENSIONS = Pattern.compile(
            "k(add|and|mov|not|or|shift|test|unpck|xnor|xor)|v?fn?m(add|sub)|vfmaddsub|vfmsubadd|vpd?p[bw]|vpmac|vprot|"
                    + "vpsh[al]|vpcom|vpcmov|vpperm|vpermil2|vph(add|sub)|vfrcz|\\{vex\\}|\\{evex\\}|aadd|aand|aor|axor|"
                    + "aes(enc|dec)(wide)?(128|256)kl|cmpn?[a-z]+xadd|senduipi|enqcmds?|x(store|crypt|sha)|vpmadd52|"
                    + "loadiwkey|encodekey|t(dp|ile)|ldtilecfg|sttilecfg|vbcstne|vcvtne|xs?usldtrk|xresldtrk|uiret|clui|"
                    + "stui|testui|mcommit|hreset|wrmsrlist|rdmsrlist|wrmsrns|seamcall|seamret|seamops|tdcall|"
                    + "v?(sha512|sm3|sm4)|monitoru|pconfig|encl[suv]|montmul|pbndkb");
    private static final Pattern NO_SUCH_REGISTER =
            Pattern.compile("mov ([cs]s|\\?|[cd]r\\d+),.*|mov .*,([cd]r\\d+|\\?)");

    private record Rule(String name, Predicate<ObjdumpCase> fits) {}

    private static final List<Rule> RULES = new ArrayList<>();

    static {
        prefixRules();
        amdRules();
        objdumpRules();
        missingRules();
    }

    private ObjdumpRules() {}

    /** The name of the rule that explains a difference, or an empty string. */
    static String explain(ObjdumpCase c) {
        for (Rule rule : RULES) {
            if (rule.fits().test(c)) {
                return rule.name();
            }
        }
        return "";
    }

    private static void rule(String name, Predicate<ObjdumpCase> fits) {
        RULES.add(new Rule(name, fits));
    }

    private static void prefixRules() {
        rule(
                "more than 14 prefixes: no instruction; objdump prints them as one",
                c -> !c.isDecoded() && c.prefixes >= Decoder.MAX_LENGTH - 1);
        rule(
                "stray REX: a REX prefix before another prefix has no effect; objdump prints it as an instruction",
                ObjdumpCase::hasStrayRex);
        rule("LOCK where it is not allowed is #UD; objdump prints it", c -> {
            Instruction unlocked = c.without(0xf0);
            boolean lockable = (unlocked.flags & Layout.F_LOCK) != 0 && unlocked.modrm < 0xc0;
            return c.isInvalid() && c.hasPrefix(0xf0) && unlocked.length > 0 && !lockable;
        });
        rule(
                "66, F2, F3, LOCK and REX before VEX are #UD; objdump prints them",
                c -> c.isInvalid() && c.without(0x66, 0xf2, 0xf3, 0xf0, 0x40).isVex());
        rule(
                "66, F2 and F3 before instructions for which the manuals say NP are reserved; objdump prints them",
                c -> c.isInvalid()
                        && (c.hasPrefix(0x66) || c.hasPrefix(0xf2) || c.hasPrefix(0xf3))
                        && c.without(0x66, 0xf2, 0xf3, 0xf0).length > 0
                        && c.theirs.startsWith(
                                c.without(0x66, 0xf2, 0xf3, 0xf0).mnemonic().text()));
        rule(
                "90 with REX.B is XCHG even with F3",
                c -> c.theirs.startsWith("pause") && c.ours.startsWith("xchg") && c.opcode(0) == 0x90);
        rule(
                "F2 before BSF and BSR is ignored; objdump calls it bad",
                c -> c.isBadToObjdump() && c.hasPrefix(0xf2) && (c.is(Mnemonic.BSF) || c.is(Mnemonic.BSR)));
        rule(
                "66 and F2 before WBINVD are ignored; objdump calls them bad",
                c -> c.isBadToObjdump() && c.is(Mnemonic.WBINVD));
        rule(
                "66 before MOVQ2DQ and MOVDQ2Q has no effect; objdump makes the MMX register an XMM register",
                c -> c.hasPrefix(0x66) && (c.is(Mnemonic.MOVQ2DQ) || c.is(Mnemonic.MOVDQ2Q)));
        rule(
                "REX.W outranks 66 in the size of the x87 environment; objdump has it the other way round",
                c -> c.isDecoded() && c.theirs.matches("f(ldenv|nstenv|nsave|rstor)w .*") && c.in.operandSize() == 64);
        rule(
                "REX.W outranks 66 in far pointers; objdump has it the other way round",
                c -> c.isDecoded() && c.ours.contains("FWORD PTR") && c.hasPrefix(0x66) && c.in.operandSize() == 64);
        rule(
                "which of several segment prefixes is NOTRACK",
                c -> c.isDecoded() && c.theirLine.matches(".*\\b[c-gs]s .*notrack .*") && c.theirLength == c.length);
    }

    private static void amdRules() {
        rule(
                "LOCK makes CR0 CR8 on AMD",
                c -> c.isDecoded() && c.hasPrefix(0xf0) && (c.ours.contains(",cr8") || c.ours.contains("cr8,")));
        rule(
                "a 16-bit branch wraps at 64 KiB; objdump does not cut short ones",
                c -> c.isDecoded()
                        && c.length == c.theirLength
                        && c.in.operandSize() == 16
                        && c.differsOnlyAbove16Bits());
        rule(
                "a fence ignores ModRM.rm (0-7); objdump knows some as bad",
                c -> c.isBadToObjdump() && c.ours.matches("[mls]fence"));
        rule(
                "SALC (D6) is in every 32-bit processor; objdump 2.40 does not know it",
                c -> c.isBadToObjdump() && c.is(Mnemonic.SALC));
        rule(
                "undocumented x87 encodings do what their documented twins do",
                c -> c.isBadToObjdump() && c.isDecoded() && c.in.feature() == Feature.X87);
        rule(
                "PREFETCHIT0 and PREFETCHIT1 are Intel's; elsewhere they are NOPs",
                c -> c.theirs.startsWith("prefetchit") && c.is(Mnemonic.NOP));
        rule("MPX is gone; its opcodes are NOPs", c -> c.theirs.startsWith("bnd") && c.is(Mnemonic.NOP));
    }

    private static void objdumpRules() {
        rule(
                "MOV with CS as destination, or a control or debug register that does not exist, is #UD",
                c -> c.isInvalid() && NO_SUCH_REGISTER.matcher(c.theirs).matches());
        rule(
                "FWAIT is an instruction; objdump takes it together with what follows or precedes",
                c -> c.opcode(0) == 0x9b && c.is(Mnemonic.FWAIT));
        rule(
                "8087 and 80287 instructions are no-operations; objdump adds a remark, and knows one more",
                c -> c.theirs.contains("only)") && c.opcode(0) == 0xdb);
        rule(
                "SWAPGS and the FSGSBASE instructions are #UD outside 64-bit code; objdump prints them",
                c -> c.isInvalid() && c.size != CodeSize.CODE64 && c.theirs.matches("swapgs|(rd|wr)[fg]sbase .*"));
        rule(
                "VMOVSS and VMOVSD ignore VEX.L; objdump prints a YMM register in the store form",
                c -> c.in.isVex() && c.in.vectorLength() == 256 && (c.is(Mnemonic.VMOVSS) || c.is(Mnemonic.VMOVSD)));
        rule(
                "PCLMULQDQ looks at bits 0 and 4 of its constant; objdump takes 2 and 3 for 10h and 11h",
                c -> c.isDecoded()
                        && c.theirs.matches("v?pclmul[lh]qhqdq .*")
                        && c.ours.matches("v?pclmulqdq .*,0x[23]"));
        rule(
                "66 before RDFSBASE and its like has no effect; objdump makes the register a 16-bit one",
                c -> c.hasPrefix(0x66) && c.theirs.matches("(rd|wr)[fg]sbase [a-z]{2}|(rd|wr)[fg]sbase r\\d+w"));
        rule(
                "VEX.pp of VZEROUPPER and VLDMXCSR has to be 0, ModRM.reg of EXTRQ too; objdump takes anything",
                c -> c.isInvalid() && c.theirs.matches("vzero(upper|all)|v(ld|st)mxcsr .*|extrq .*,0x.*"));
    }

    private static void missingRules() {
        rule("test registers are gone", c -> c.isInvalid() && c.theirs.matches("mov (tr\\d,.*|.*,tr\\d)"));
        rule(
                "3DNow is gone",
                c -> !c.isDecoded() && c.opcode(0) == 0x0f && (c.opcode(1) == 0x0f || c.opcode(1) == 0x0e));
        rule(
                "8F with a second opcode byte: XOP and TBM are gone",
                c -> c.isInvalid() && c.opcode(0) == 0x8f && (c.opcode(1) & 0x1f) >= 8);
        rule("EVEX: AVX-512 is not in the table", c -> c.isInvalid() && c.opcode(0) == 0x62);
        rule(
                "extensions beyond the table: AVX-512, AVX-VNNI, AVX-IFMA, FMA4, XOP, TBM, key locker, RAO-INT,"
                        + " CMPCCXADD, UINTR, ENQCMD, PadLock, AVX-NE-CONVERT, AMX, TSXLDTRK, MCOMMIT, SGX",
                c -> c.isInvalid() && OTHER_EXTENSIONS.matcher(c.theirs).lookingAt());
    }
}
