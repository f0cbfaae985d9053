package io.paravert.isa;

import java.util.Arrays;

/** One line of the instruction table, understood. */
final class Form {
    /** File and line, for messages. */
    final String where;
    /** The operands and encoding as written, for messages to the encoder's callers. */
    final String syntax;

    final String mnemonic;
    final int[] operands;

    int flags;
    int encoding;
    int nameStyle;
    String feature;
    long implied;

    /** Opcode map, 0-6 as in Layout.MAPS. */
    int map;

    int opcode;
    /** Opcodes in a row that differ in their register number. */
    int opcodeCount = 1;
    /** Answers that lead to this form, one bit each, by question; -1 is any. */
    final int[] answers = new int[Layout.ASK_ANSWERS.length()];
    /** Another order of operands, that is never decoded. */
    boolean encoderOnly;

    /** Whether the line says how its operands are used. */
    boolean accessGiven;

    Form(String where, String syntax, String mnemonic, int[] operands, String feature) {
        this.where = where;
        this.syntax = syntax;
        this.mnemonic = mnemonic;
        this.operands = operands;
        this.feature = feature;
        Arrays.fill(answers, -1);
    }

    /** Narrows the answers to a question. */
    void require(int question, int answer) {
        answers[question] = answers[question] == -1 ? 1 << answer : answers[question] & 1 << answer;
    }

    boolean accepts(int question, int answer) {
        return (answers[question] & 1 << answer) != 0;
    }

    /** How many questions this form cares about. */
    int specificity() {
        int count = 0;
        for (int mask : answers) {
            count += mask == -1 ? 0 : 1;
        }
        return count;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    @Override
    public String toString() {
        return where + ": " + syntax;
    }
}
