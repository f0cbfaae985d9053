package io.paravert.isa;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares decoder and formatter with objdump, instruction by instruction. */
final class ObjdumpComparison {
    /** Candidates lie this far apart: at most 16 bytes of their own, then NOPs that bring objdump back into step. */
    static final int SLOT = 32;

    static final int CANDIDATE = 16;

    /** A difference that no rule explains. */
    record Difference(CodeSize size, String bytes, String objdump, String ours) {
        @Override
        public String toString() {
            return size + " " + bytes + "\n    objdump: " + objdump + "\n    ours:    " + ours;
        }
    }

    final List<Difference> differences = new ArrayList<>();
    /** How often each rule explained a difference. */
    final Map<String, Integer> explained = new TreeMap<>();

    /** The same instruction, but the prefixes without effect are written differently. */
    final List<String> prefixDifferences = new ArrayList<>();

    long prefixesDiffer;
    long compared;
    private static final int SHOWN_PREFIXES = 100;
    private final Decoder decoder = new Decoder();
    private final Instruction instruction = new Instruction();
    private final Formatter formatter = new Formatter();

    /** The blob consists of slots; what objdump sees in the first half of each is compared. */
    void compareSlots(byte[] blob, CodeSize size) throws IOException {
        for (Objdump.Line line : Objdump.disassemble(blob, size)) {
            if (line.offset() % SLOT < CANDIDATE) {
                compare(blob, line, size);
            }
        }
    }

    /** The blob is code as it lies in a program. */
    void compareAll(byte[] blob, CodeSize size) throws IOException {
        for (Objdump.Line line : Objdump.disassemble(blob, size)) {
            if (line.offset() + Decoder.MAX_LENGTH <= blob.length) {
                compare(blob, line, size);
            }
        }
    }

    private void compare(byte[] blob, Objdump.Line line, CodeSize size) {
        compared++;
        int length = decoder.decode(blob, line.offset(), blob.length, size, instruction);
        String ours = length > 0 ? formatter.format(instruction, line.offset()) : "(bad)";
        boolean bad = line.text().contains("(bad)");
        if (bad && length < 0) {
            return;
        }
        if (line.length() == length
                && ObjdumpText.withoutComment(line.text()).equals(ObjdumpText.withoutComment(ours))) {
            return;
        }
        if (line.length() == length && ObjdumpText.plain(line.text()).equals(ObjdumpText.plain(ours))) {
            prefixesDiffer++;
            if (prefixesDiffer <= SHOWN_PREFIXES) {
                prefixDifferences.add(line.text() + " / " + ours);
            }
            return;
        }
        String rule = ObjdumpRules.explain(new ObjdumpCase(blob, line, size, length, instruction, ours));
        if (!rule.isEmpty()) {
            explained.merge(rule, 1, Integer::sum);
            return;
        }
        StringBuilder bytes = new StringBuilder();
        int shown = Math.max(line.length(), Math.max(length, 4));
        for (int i = 0; i < shown && line.offset() + i < blob.length; i++) {
            bytes.append(String.format("%02x ", blob[line.offset() + i]));
        }
        differences.add(new Difference(size, bytes.toString(), line.length() + " " + line.text(), length + " " + ours));
    }
}
