package io.paravert.isa;

import java.util.List;
import java.util.Map;

/** The operand column of the table: each word becomes an operand specification. */
final class OperandSyntax {
    private static final Map<String, Integer> SIZES = Map.ofEntries(
            Map.entry("", Layout.SIZE_NONE),
            Map.entry("8", Layout.SIZE_8),
            Map.entry("16", Layout.SIZE_16),
            Map.entry("32", Layout.SIZE_32),
            Map.entry("64", Layout.SIZE_64),
            Map.entry("80", Layout.SIZE_80),
            Map.entry("128", Layout.SIZE_128),
            Map.entry("256", Layout.SIZE_256),
            Map.entry("4096", Layout.SIZE_4096),
            Map.entry("512", Layout.SIZE_512),
            Map.entry("v", Layout.SIZE_V),
            Map.entry("y", Layout.SIZE_Y),
            Map.entry("z", Layout.SIZE_Z),
            Map.entry("n", Layout.SIZE_NATIVE),
            Map.entry("a", Layout.SIZE_A),
            Map.entry("x", Layout.SIZE_X),
            Map.entry("h", Layout.SIZE_XH),
            Map.entry("q", Layout.SIZE_XQ),
            Map.entry("e", Layout.SIZE_XE),
            Map.entry("16:v", Layout.SIZE_FAR),
            Map.entry("2v", Layout.SIZE_2V),
            Map.entry("16&n", Layout.SIZE_GDT),
            Map.entry("env", Layout.SIZE_ENV),
            Map.entry("fsave", Layout.SIZE_FSAVE));

    /** Registers that a form names itself: class, size, number. */
    private static final Map<String, int[]> FIXED = Map.ofEntries(
            Map.entry("AL", gpr(Layout.SIZE_8, 0)),
            Map.entry("CL", gpr(Layout.SIZE_8, 1)),
            Map.entry("AX", gpr(Layout.SIZE_16, 0)),
            Map.entry("DX", gpr(Layout.SIZE_16, 2)),
            Map.entry("EAX", gpr(Layout.SIZE_32, 0)),
            Map.entry("rAX", gpr(Layout.SIZE_V, 0)),
            Map.entry("eAX", gpr(Layout.SIZE_Z, 0)),
            Map.entry("aAX", gpr(Layout.SIZE_A, 0)),
            Map.entry("ECX", gpr(Layout.SIZE_32, 1)),
            Map.entry("EDX", gpr(Layout.SIZE_32, 2)),
            Map.entry("ES", new int[] {Layout.CLS_SEG, Layout.SIZE_16, 0}),
            Map.entry("CS", new int[] {Layout.CLS_SEG, Layout.SIZE_16, 1}),
            Map.entry("SS", new int[] {Layout.CLS_SEG, Layout.SIZE_16, 2}),
            Map.entry("DS", new int[] {Layout.CLS_SEG, Layout.SIZE_16, 3}),
            Map.entry("FS", new int[] {Layout.CLS_SEG, Layout.SIZE_16, 4}),
            Map.entry("GS", new int[] {Layout.CLS_SEG, Layout.SIZE_16, 5}),
            Map.entry("ST0", new int[] {Layout.CLS_ST, Layout.SIZE_80, 0}),
            Map.entry("XMM0", new int[] {Layout.CLS_VECTOR, Layout.SIZE_128, 0}));

    private OperandSyntax() {}

    private static int[] gpr(int size, int number) {
        return new int[] {Layout.CLS_GPR, size, number};
    }

    /** The specification of one word, without access bits; locations R, M, V, O, S are still to be found. */
    static int parse(String word, String where) {
        int[] fixed = FIXED.get(word);
        if (fixed != null) {
            return Layout.LOC_FIXED
                    | Layout.OP_REGISTER
                    | fixed[0] << 5
                    | fixed[1] << 9
                    | fixed[2] << Layout.OP_FIXED_SHIFT;
        }
        int constant = constant(word, where);
        return constant != 0 ? constant : registerOrMemory(word, where);
    }

    private static int constant(String word, String where) {
        if (word.equals("1")) {
            return Layout.LOC_ONE | memory(Layout.SIZE_8);
        }
        if (word.equals("imm8s")) {
            return Layout.LOC_IMM1 | memory(Layout.SIZE_V) | Layout.OP_SIGNED;
        }
        for (String prefix : List.of("uimm", "imm", "rel", "moffs", "ptr16:")) {
            if (word.startsWith(prefix)) {
                int size = size(word.substring(prefix.length()), where);
                return switch (prefix) {
                    case "uimm" -> Layout.LOC_IMM1 | memory(size) | Layout.OP_UNSIGNED;
                    case "imm" ->
                        Layout.LOC_IMM1
                                | memory(size == Layout.SIZE_Z ? Layout.SIZE_V : size)
                                | (size == Layout.SIZE_Z ? Layout.OP_SIGNED : 0);
                    case "rel" -> Layout.LOC_REL | memory(size);
                    case "moffs" -> Layout.LOC_MOFFS | Layout.OP_MEMORY | memory(size);
                    default -> Layout.LOC_FAR | memory(Layout.SIZE_FAR);
                };
            }
        }
        return 0;
    }

    private static int memory(int size) {
        return size << 14;
    }

    private static int size(String text, String where) {
        Integer size = SIZES.get(text);
        if (size == null) {
            throw new TableException(where, "no operand size is called \"" + text + "\"");
        }
        return size;
    }

    private static int registerOrMemory(String word, String where) {
        if (word.startsWith("[")) {
            return memoryOnly(word.substring(1, word.length() - 1), where) | Layout.OP_UNSIZED;
        }
        if (word.startsWith("m") && !word.startsWith("mm")) {
            return memoryOnly(word, where);
        }
        int slash = word.indexOf('/');
        String first = slash < 0 ? word : word.substring(0, slash);
        int spec = Layout.OP_REGISTER;
        String registerSize = "";
        if (first.equals("r") && slash > 0) {
            // r/m32: both of the size that follows the m
            registerSize = word.substring(slash + 2);
            spec |= Layout.CLS_GPR << 5;
        } else {
            Register register = Register.of(first, where);
            spec |= register.cls() << 5;
            registerSize = register.size();
        }
        spec |= size(registerSize, where) << 9;
        if (slash > 0) {
            spec |= Layout.OP_MEMORY | memory(size(word.substring(slash + 2), where)) | Layout.LOC_RM;
        }
        return spec;
    }

    private record Register(int cls, String size) {
        static Register of(String name, String where) {
            return switch (name) {
                case "Sreg" -> new Register(Layout.CLS_SEG, "16");
                case "CRn" -> new Register(Layout.CLS_CR, "n");
                case "DRn" -> new Register(Layout.CLS_DR, "n");
                case "STi" -> new Register(Layout.CLS_ST, "80");
                case "mm" -> new Register(Layout.CLS_MMX, "64");
                case "xmm" -> new Register(Layout.CLS_VECTOR, "128");
                case "ymm" -> new Register(Layout.CLS_VECTOR, "256");
                case "xy" -> new Register(Layout.CLS_VECTOR, "x");
                default -> {
                    if (!name.startsWith("r")) {
                        throw new TableException(where, "no operand is called \"" + name + "\"");
                    }
                    yield new Register(Layout.CLS_GPR, name.substring(1));
                }
            };
        }
    }

    private static int memoryOnly(String word, String where) {
        int at = word.indexOf('@');
        String sizeText = at < 0 ? word.substring(1) : word.substring(1, at);
        int spec = Layout.OP_MEMORY | memory(size(sizeText, where));
        if (at < 0) {
            return spec | Layout.LOC_RM;
        }
        return spec
                | switch (word.substring(at + 1)) {
                    case "si" -> Layout.LOC_SI;
                    case "di" -> Layout.LOC_DI;
                    case "ds:di" -> Layout.LOC_DS_DI;
                    case "bx" -> Layout.LOC_BX;
                    case "x" -> Layout.LOC_RM | Layout.OP_VSIB_X;
                    case "y" -> Layout.LOC_RM | Layout.OP_VSIB_Y;
                    case "xy" -> Layout.LOC_RM | Layout.OP_VSIB_X | Layout.OP_VSIB_Y;
                    default -> throw new TableException(where, "no address is called \"" + word + "\"");
                };
    }
}
