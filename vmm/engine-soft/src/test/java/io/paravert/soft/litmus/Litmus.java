package io.paravert.soft.litmus;

import java.util.ArrayList;
import java.util.List;

/**
 * A litmus test: what each thread does. An outcome is a string of hexadecimal digits: what the loads of the first thread returned, of
 * the second ..., a slash, and the variables at the end.
 */
record Litmus(String name, int variables, List<List<Access>> threads) {
    @SafeVarargs
    static Litmus of(String name, List<Access>... threads) {
        int variables = 0;
        List<List<Access>> all = new ArrayList<>();
        for (List<Access> thread : threads) {
            all.add(thread);
            for (Access access : thread) {
                variables = Math.max(variables, variable(access) + 1);
            }
        }
        return new Litmus(name, variables, List.copyOf(all));
    }

    private static int variable(Access access) {
        if (access instanceof Access.Store store) {
            return store.variable();
        }
        if (access instanceof Access.Load load) {
            return load.variable();
        }
        return access instanceof Access.Exchange exchange ? exchange.variable() : -1;
    }

    static int loads(List<Access> thread) {
        int n = 0;
        for (Access access : thread) {
            if (access instanceof Access.Load || access instanceof Access.Exchange) {
                n++;
            }
        }
        return n;
    }

    /** The same test on a machine that exchanges two accesses, one after the other, of one thread: it breaks the model's order. */
    Litmus broken(int thread, int access) {
        List<List<Access>> changed = new ArrayList<>(threads);
        List<Access> accesses = new ArrayList<>(threads.get(thread));
        Access first = accesses.set(access, accesses.get(access + 1));
        accesses.set(access + 1, first);
        changed.set(thread, List.copyOf(accesses));
        return new Litmus(name + " broken", variables, List.copyOf(changed));
    }
}
