package io.paravert.vmm.devices;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was meant. */
public final class Spelling {
    /** More edits than this, and the word was another one. */
    private static final int MAX_EDITS = 3;

    private Spelling() {}

    /** The known word nearest to a word, if one is near enough to be meant. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        String wanted = word.toLowerCase(Locale.ROOT);
        int best = Math.min(MAX_EDITS, Math.max(1, wanted.length() / 2)) + 1;
        Optional<String> found = Optional.empty();
        for (String candidate : known) {
            int edits = edits(wanted, candidate.toLowerCase(Locale.ROOT));
            if (edits < best) {
                best = edits;
                found = Optional.of(candidate);
            }
        }
        return found;
    }

    /** Levenshtein's distance, row by row; words beyond any name's length are simply far away. */
    private static int edits(String a, String b) {
        if (Math.abs(a.length() - b.length()) > MAX_EDITS) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
