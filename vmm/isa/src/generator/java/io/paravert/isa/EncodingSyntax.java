package io.paravert.isa;

import java.util.List;

/** The encoding column of the table: prefixes, opcode, ModRM and immediates. */
final class EncodingSyntax {
    private final Form form;
    private int map;
    private int pp = -1;
    private int w = Layout.W_ANY;
    private int l = Layout.L_0;
    private int digit = 8;
    private int mod = Layout.MOD_ANY;
    private int rm;
    private boolean escaped;
    private boolean haveOpcode;
    private boolean slashR;
    private boolean is4;
    private String order = "";

    EncodingSyntax(Form form) {
        this.form = form;
    }

    void parse(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean more = i + 1 < words.size() && words.get(i + 1).matches("[0-9A-F]{2}.*");
            if (word.startsWith("VEX.")) {
                vex(word);
            } else if (!haveOpcode) {
                beforeOpcode(word, more);
            } else {
                afterOpcode(word);
            }
        }
        if (!haveOpcode) {
            throw new TableException(form.where, "no opcode");
        }
        form.opcode = form.encoding & Layout.E_OPCODE_MASK;
        new OperandPlaces(form, slashR, digit < 8, is4, order).assign();
        finish();
    }

    private void beforeOpcode(String word, boolean more) {
        if (escaped && map == 1 && more && (word.equals("38") || word.equals("3A"))) {
            map = word.equals("38") ? 2 : 3;
            return;
        }
        if (escaped || !beforeEscape(word)) {
            opcode(word);
        }
    }

    /** Takes a word that can only stand before 0F and the opcode; whether it was one. */
    private boolean beforeEscape(String word) {
        switch (word) {
            case "NP", "66", "F3", "F2" -> pp = List.of("NP", "66", "F3", "F2").indexOf(word);
            case "norep" -> form.answers[Layout.ASK_PREFIX] = 0b0011;
            case "0F" -> {
                map = 1;
                escaped = true;
            }
            case "W0", "W1" -> w(word);
            case "WIG" -> w = Layout.W_0;
            case "o16", "o32", "o64" -> size(Layout.ASK_OPERAND_SIZE, word, Layout.E_OSZ_SHIFT);
            case "a16", "a32", "a64" -> size(Layout.ASK_ADDRESS_SIZE, word, Layout.E_ASZ_SHIFT);
            case "rexb0" -> form.require(Layout.ASK_REX_B, 0);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void opcode(String word) {
        if (!word.matches("[0-9A-F]{2}(\\+r)?")) {
            throw new TableException(form.where, "\"" + word + "\" is no opcode");
        }
        form.encoding |= Integer.parseInt(word.substring(0, 2), 16);
        if (word.endsWith("+r")) {
            form.encoding |= Layout.E_PLUS_R;
            form.opcodeCount = 8;
        }
        haveOpcode = true;
    }

    private void size(int question, String word, int shift) {
        int size = List.of("16", "32", "64").indexOf(word.substring(1));
        form.require(question, size);
        form.encoding |= size + 1 << shift;
        if (question == Layout.ASK_OPERAND_SIZE) {
            form.flags |= Layout.F_OPSIZE | Layout.F_USES_W;
        }
    }

    private void w(String word) {
        w = word.equals("W0") ? Layout.W_0 : Layout.W_1;
        form.require(Layout.ASK_W, w - 1);
        form.flags |= Layout.F_USES_W;
    }

    private void vex(String word) {
        form.flags |= Layout.F_VEX;
        escaped = true;
        for (String part : word.split("\\.")) {
            switch (part) {
                case "VEX", "LIG" -> {}
                case "WIG" -> w = Layout.W_0;
                case "128", "L0" -> form.require(Layout.ASK_L, 0);
                case "256", "L1" -> {
                    form.require(Layout.ASK_L, 1);
                    l = Layout.L_1;
                }
                case "LX" -> l = Layout.L_OPERAND;
                case "NP", "66", "F3", "F2" ->
                    pp = List.of("NP", "66", "F3", "F2").indexOf(part);
                case "0F" -> map = 1;
                case "0F38" -> map = 2;
                case "0F3A" -> map = 3;
                case "W0", "W1" -> w(part);
                case "Wy" -> form.flags |= Layout.F_USES_W;
                default -> throw new TableException(form.where, "\"" + part + "\" is no part of a VEX prefix");
            }
        }
    }

    private void afterOpcode(String word) {
        switch (word) {
            case "/r" -> slashR = true;
            case "/is4" -> is4 = true;
            case "ib", "cb" -> immediate(Layout.IMM_B);
            case "iw" -> immediate(Layout.IMM_W);
            case "iz", "cz" -> immediate(Layout.IMM_Z);
            case "iv" -> immediate(Layout.IMM_V);
            case "mo" -> immediate(Layout.IMM_MOFFS);
            case "fp" -> immediate(Layout.IMM_FAR);
            case "anymod" -> form.flags |= Layout.F_ANYMOD;
            default -> {
                if (word.matches("/[0-7]")) {
                    digit = word.charAt(1) - '0';
                } else if (word.matches("[C-F][0-9A-F](\\+[ix])?")) {
                    fixedModRm(Integer.parseInt(word.substring(0, 2), 16), word.length() > 2);
                } else if (word.matches("[RMVOS]+")) {
                    order = word;
                } else {
                    throw new TableException(form.where, "\"" + word + "\" is no part of an encoding");
                }
            }
        }
    }

    private void fixedModRm(int value, boolean anyRm) {
        digit = value >> 3 & 7;
        mod = Layout.MOD_REGISTER;
        if (!anyRm) {
            mod = Layout.MOD_FIXED_RM;
            rm = value & 7;
            form.require(Layout.ASK_RM, rm);
        }
        form.require(Layout.ASK_MOD, 1);
    }

    private void immediate(int kind) {
        if (form.flags >>> Layout.F_IMM_SHIFT == 0 || Layout.flagsImmediate(form.flags) == 0) {
            form.flags |= kind << Layout.F_IMM_SHIFT;
        } else if (kind == Layout.IMM_B) {
            form.flags |= Layout.F_IMM2;
        } else {
            throw new TableException(form.where, "a second immediate has one byte");
        }
    }

    private void finish() {
        if (slashR || digit < 8) {
            form.flags |= Layout.F_MODRM;
        }
        if (is4) {
            immediate(Layout.IMM_B);
        }
        if (digit < 8) {
            form.require(Layout.ASK_REG, digit);
        }
        if (pp >= 0) {
            form.require(Layout.ASK_PREFIX, pp);
            form.encoding |= pp << Layout.E_PP_SHIFT | Layout.E_PP_GIVEN;
            form.flags |= pp == 1 && !form.has(Layout.F_VEX) ? Layout.F_P66 : 0;
            form.flags |= pp >= 2 ? Layout.F_REP_OPCODE : 0;
        }
        operands();
        form.map = form.has(Layout.F_VEX) ? map + 3 : map;
        form.encoding |= map << Layout.E_MAP_SHIFT
                | digit << Layout.E_DIGIT_SHIFT
                | mod << Layout.E_MOD_SHIFT
                | rm << Layout.E_RM_SHIFT
                | w << Layout.E_W_SHIFT
                | l << Layout.E_L_SHIFT;
    }

    private void operands() {
        for (int op : form.operands) {
            int registerSize = Layout.opRegisterSize(op);
            int memorySize = Layout.opMemorySize(op);
            if (Layout.opLocation(op) == Layout.LOC_RM && mod == Layout.MOD_ANY && !form.has(Layout.F_ANYMOD)) {
                int both = Layout.OP_MEMORY | Layout.OP_REGISTER;
                if ((op & both) != both) {
                    mod = (op & Layout.OP_MEMORY) != 0 ? Layout.MOD_MEMORY : Layout.MOD_REGISTER;
                    form.require(Layout.ASK_MOD, mod - 1);
                }
            }
            for (int size : new int[] {registerSize, memorySize}) {
                switch (size) {
                    case Layout.SIZE_V -> form.flags |= Layout.F_OPSIZE | Layout.F_USES_W;
                    case Layout.SIZE_Z,
                            Layout.SIZE_FAR,
                            Layout.SIZE_2V,
                            Layout.SIZE_GDT,
                            Layout.SIZE_ENV,
                            Layout.SIZE_FSAVE -> form.flags |= Layout.F_OPSIZE;
                    case Layout.SIZE_Y -> {
                        form.flags |= Layout.F_USES_W;
                        w = w == Layout.W_0 ? w : Layout.W_SIZE;
                    }
                    default -> {}
                }
            }
            int cls = Layout.opClass(op);
            boolean special = cls == Layout.CLS_SEG || cls == Layout.CLS_CR || cls == Layout.CLS_DR;
            if (special && Layout.opLocation(op) != Layout.LOC_FIXED) {
                form.flags |= Layout.F_CHECK;
            }
            form.flags |= Layout.opLocation(op) == Layout.LOC_VVVV ? Layout.F_VVVV : 0;
        }
    }
}
