package io.paravert.soft.translator;

import java.util.Arrays;

/** Which kind of deferred flags blocks of a region begin with, found from the edges that lead to them. */
final class FlagKinds {
    private static final int NONE = -2;

    private final int[] kinds;

    FlagKinds(int blocks) {
        kinds = new int[blocks];
        Arrays.fill(kinds, NONE);
    }

    static int[] unknown(int blocks) {
        int[] result = new int[blocks];
        Arrays.fill(result, FlagEmitter.UNKNOWN);
        return result;
    }

    /** A way to a block on which the kind is this. */
    void edge(int to, int kind) {
        kinds[to] = kinds[to] == NONE || kinds[to] == kind ? kind : FlagEmitter.UNKNOWN;
    }

    int[] known() {
        int[] result = kinds.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] = result[i] == NONE ? FlagEmitter.UNKNOWN : result[i];
        }
        return result;
    }
}
