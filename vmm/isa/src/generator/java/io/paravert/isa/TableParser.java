package io.paravert.isa;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the table: one form a line, {@code MNEMONIC operands | encoding | access attributes}. */
final class TableParser {
    private static final List<String> CONDITIONS =
            List.of("o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g");
    private static final List<String> CONDITION_FLAGS = List.of("o", "c", "z", "cz", "s", "p", "so", "zso");
    private static final List<String> REGISTERS = List.of(
            "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15");
    private static final List<String> FLOWS =
            List.of("next", "jump", "cond", "call", "ret", "int", "halt", "sys", "ud");
    private static final Map<String, Integer> FLAGS = Map.ofEntries(
            Map.entry("lock", Layout.F_LOCK),
            Map.entry("rep", Layout.F_REP),
            Map.entry("repz", Layout.F_REPZ),
            Map.entry("d64", Layout.F_D64 | Layout.F_OPSIZE),
            Map.entry("alias", Layout.F_ALIAS),
            Map.entry("altcr8", Layout.F_ALTCR8),
            Map.entry("notrax", Layout.F_NOTRAX),
            Map.entry("cpl0", Layout.F_CPL0),
            Map.entry("io", Layout.F_IO),
            Map.entry("bitbase", Layout.F_BITBASE),
            Map.entry("bnd", Layout.F_BND),
            Map.entry("gather", Layout.F_GATHER));
    private static final Map<String, Integer> NAMES = Map.of(
            "sfx", Layout.NAME_SUFFIX,
            "dq", Layout.NAME_DQ,
            "gdt", Layout.NAME_GDT,
            "abs", Layout.NAME_ABS,
            "nop", Layout.NAME_NOP,
            "cmp", Layout.NAME_COMPARE,
            "clmul", Layout.NAME_CARRYLESS,
            "wq", Layout.NAME_W);

    /** Another spelling of a mnemonic for the assembler only, without operands if it has an operand size (o8 to o64). */
    record Alias(String name, String mnemonic, String size) {}

    final List<Form> forms = new ArrayList<>();
    final List<Alias> aliases = new ArrayList<>();
    private String feature = "BASE";

    void read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            String where = file.getFileName() + ":" + (i + 1);
            if (line.startsWith("%feature ")) {
                feature = line.substring(9).strip();
            } else if (line.startsWith("%alias ")) {
                String[] words = line.split("\\s+");
                aliases.add(new Alias(words[1], words[2], words.length > 3 ? words[3] : ""));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                readForms(line, where);
            }
        }
    }

    private void readForms(String line, String where) {
        String[] columns = line.split("\\|", -1);
        if (columns.length != 3) {
            throw new TableException(where, "a line has three columns: form, encoding, attributes");
        }
        String[] head = columns[0].strip().split("\\s+", 2);
        if (!head[0].endsWith("cc")) {
            add(head[0], line, where);
            return;
        }
        int at = columns[1].indexOf("+cc");
        int opcode = Integer.parseInt(columns[1].substring(at - 2, at), 16);
        for (int i = 0; i < 16; i++) {
            String name = head[0].substring(0, head[0].length() - 2)
                    + CONDITIONS.get(i).toUpperCase(java.util.Locale.ROOT);
            String expanded = line.replace(columns[1].substring(at - 2, at + 3), String.format("%02X", opcode + i))
                    .replace("fr:cc", "fr:" + CONDITION_FLAGS.get(i / 2))
                    .replaceFirst(head[0], name);
            add(name, expanded, where);
        }
    }

    private void add(String name, String line, String where) {
        if (line.contains(".Wx ")) {
            add(name, line.replace(".Wx ", ".W0 "), where);
            add(name, line.replace(".Wx ", ".W1 ") + " x32 alias", where);
            return;
        }
        String[] columns = line.split("\\|", -1);
        String[] head = columns[0].strip().split("\\s+", 2);
        String[] words = head.length == 1 ? new String[0] : head[1].split("\\s*,\\s*");
        int[] operands = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            operands[i] = OperandSyntax.parse(words[i], where);
        }
        String syntax = (name + (head.length == 1 ? "" : " " + head[1].strip()));
        Form form = new Form(where, syntax, name, operands, feature);
        new EncodingSyntax(form).parse(List.of(columns[1].strip().split("\\s+")));
        for (String attribute : columns[2].strip().split("\\s+")) {
            if (!attribute.isEmpty()) {
                attribute(form, attribute);
            }
        }
        checkAccess(form);
        forms.add(form);
    }

    private static void checkAccess(Form form) {
        if (form.operands.length > 0 && !form.accessGiven) {
            throw new TableException(form.where, "say for each operand whether it is r, w, rw or n");
        }
    }

    private void attribute(Form form, String word) {
        if (word.matches("(r|w|rw|n)(,(r|w|rw|n))*")) {
            access(form, word.split(","));
        } else if (FLAGS.containsKey(word)) {
            form.flags |= FLAGS.get(word);
        } else if (NAMES.containsKey(word)) {
            form.nameStyle = NAMES.get(word);
            form.flags |= word.equals("sfx") ? Layout.F_OPSIZE : 0;
            form.flags |= word.equals("dq") ? Layout.F_USES_W : 0;
        } else if (FLOWS.contains(word)) {
            form.flags |= FLOWS.indexOf(word) << Layout.F_FLOW_SHIFT;
        } else if (word.equals("asm")) {
            form.encoderOnly = true;
        } else if (word.equals("x64")) {
            form.flags |= Layout.F_ONLY64;
            form.require(Layout.ASK_MODE64, 1);
        } else if (word.equals("x32")) {
            form.flags |= Layout.F_NO64;
            form.require(Layout.ASK_MODE64, 0);
        } else if (word.equals("stack")) {
            form.implied |= 1L << 4 + Layout.I_READ_SHIFT | 1L << 4 + Layout.I_WRITE_SHIFT;
        } else if (word.indexOf(':') > 0) {
            implied(form, word.substring(0, word.indexOf(':')), word.substring(word.indexOf(':') + 1));
        } else if (word.matches("[A-Z][A-Z0-9_]+")) {
            form.feature = word;
        } else {
            throw new TableException(form.where, "no attribute is called \"" + word + "\"");
        }
    }

    private static void access(Form form, String[] access) {
        if (access.length != form.operands.length) {
            throw new TableException(form.where, "one access for each operand");
        }
        for (int i = 0; i < access.length; i++) {
            form.operands[i] |=
                    (access[i].contains("r") ? Layout.OP_READ : 0) | (access[i].contains("w") ? Layout.OP_WRITE : 0);
        }
        form.accessGiven = true;
    }

    private static void implied(Form form, String kind, String list) {
        switch (kind) {
            case "r" -> form.implied |= registers(form, list, Layout.I_READ_SHIFT, Layout.I_XMM0_READ);
            case "w" -> form.implied |= registers(form, list, Layout.I_WRITE_SHIFT, Layout.I_XMM0_WRITTEN);
            case "fr" -> form.implied |= flags(form, list, Layout.I_FLAGS_READ_SHIFT);
            case "fw" -> form.implied |= flags(form, list, Layout.I_FLAGS_WRITTEN_SHIFT);
            case "fu" -> form.implied |= flags(form, list, Layout.I_FLAGS_UNDEFINED_SHIFT);
            default -> throw new TableException(form.where, "no attribute is called \"" + kind + "\"");
        }
    }

    private static long registers(Form form, String list, int shift, int xmm0) {
        long mask = 0;
        for (String name : list.split(",")) {
            int number = REGISTERS.indexOf(name);
            if (name.equals("xmm0")) {
                mask |= 1L << xmm0;
            } else if (number >= 0) {
                mask |= 1L << shift + number;
            } else {
                throw new TableException(form.where, "no register is called \"" + name + "\"");
            }
        }
        return mask;
    }

    private static long flags(Form form, String letters, int shift) {
        long mask = 0;
        for (char letter : letters.toCharArray()) {
            int bit = Layout.FLAG_LETTERS.indexOf(letter);
            if (bit < 0) {
                throw new TableException(form.where, "no flag is called \"" + letter + "\"");
            }
            mask |= 1L << shift + bit;
        }
        return mask;
    }
}
