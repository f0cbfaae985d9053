package io.paravert.soft.litmus;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All outcomes that x86-TSO allows, by trying every order: each thread has a queue of stores that others do not see yet; a load takes
 * the newest of its own queue, else memory; a barrier and an exchange wait until the queue is empty. Without queues it is sequential
 * consistency.
 */
final class TsoModel {
    private final Litmus test;
    private final boolean buffered;
    private final Set<String> outcomes = new HashSet<>();
    private final Set<String> seen = new HashSet<>();

    private TsoModel(Litmus test, boolean buffered) {
        this.test = test;
        this.buffered = buffered;
    }

    static Set<String> allowed(Litmus test) {
        return explore(test, true);
    }

    static Set<String> sequentiallyConsistent(Litmus test) {
        return explore(test, false);
    }

    private static Set<String> explore(Litmus test, boolean buffered) {
        TsoModel model = new TsoModel(test, buffered);
        String[] empty = new String[test.threads().size()];
        java.util.Arrays.fill(empty, "");
        model.visit(new int[empty.length], empty, empty.clone(), "0".repeat(test.variables()));
        return model.outcomes;
    }

    /** @param queues two digits a store, the variable and the value, the oldest first */
    private void visit(int[] at, String[] queues, String[] loaded, String memory) {
        if (!seen.add(java.util.Arrays.toString(at) + String.join(",", queues) + "/" + String.join(",", loaded) + "/"
                + memory)) {
            return;
        }
        boolean ended = true;
        for (int t = 0; t < at.length; t++) {
            if (!queues[t].isEmpty()) {
                ended = false;
                String queue = queues[t];
                visit(at, with(queues, t, queue.substring(2)), loaded, put(memory, digit(queue, 0), digit(queue, 1)));
            }
            List<Access> thread = test.threads().get(t);
            if (at[t] < thread.size()) {
                ended = false;
                step(thread.get(at[t]), t, at, queues, loaded, memory);
            }
        }
        if (ended) {
            outcomes.add(String.join("", loaded) + "/" + memory);
        }
    }

    private void step(Access access, int t, int[] at, String[] queues, String[] loaded, String memory) {
        int[] next = at.clone();
        next[t]++;
        if (access instanceof Access.Store store) {
            if (buffered) {
                String longer = queues[t] + hex(store.variable()) + hex(store.value());
                visit(next, with(queues, t, longer), loaded, memory);
            } else {
                visit(next, queues, loaded, put(memory, store.variable(), store.value()));
            }
        } else if (access instanceof Access.Load load) {
            int value = newest(queues[t], load.variable(), digit(memory, load.variable()));
            visit(next, queues, with(loaded, t, loaded[t] + hex(value)), memory);
        } else if (queues[t].isEmpty()) {
            if (access instanceof Access.Exchange exchange) {
                String more = loaded[t] + memory.charAt(exchange.variable());
                visit(next, queues, with(loaded, t, more), put(memory, exchange.variable(), exchange.value()));
            } else {
                visit(next, queues, loaded, memory);
            }
        }
    }

    private static int newest(String queue, int variable, int otherwise) {
        for (int i = queue.length() - 2; i >= 0; i -= 2) {
            if (digit(queue, i) == variable) {
                return digit(queue, i + 1);
            }
        }
        return otherwise;
    }

    private static String[] with(String[] array, int at, String value) {
        String[] copy = array.clone();
        copy[at] = value;
        return copy;
    }

    private static String put(String memory, int variable, int value) {
        return memory.substring(0, variable) + hex(value) + memory.substring(variable + 1);
    }

    private static int digit(String text, int at) {
        return Character.digit(text.charAt(at), 16);
    }

    private static String hex(int value) {
        return Integer.toHexString(value);
    }
}
