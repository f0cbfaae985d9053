package io.paravert.isa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which form an opcode is: for each opcode of each map a small tree of questions about prefixes, ModRM and sizes. */
final class DecisionTree {
    /** Roots by map and opcode. */
    final char[] roots = new char[Layout.MAPS * 256];
    /** Whether a ModRM byte follows, by map and opcode. */
    final boolean[] modrm = new boolean[Layout.MAPS * 256];

    private final List<Form> forms;
    private final StringBuilder nodes = new StringBuilder();
    private final Map<String, Integer> known = new HashMap<>();

    DecisionTree(List<Form> forms) {
        this.forms = forms;
        Map<Integer, List<Integer>> byOpcode = new HashMap<>();
        for (int i = 0; i < forms.size(); i++) {
            Form form = forms.get(i);
            for (int k = 0; k < form.opcodeCount && !form.encoderOnly; k++) {
                byOpcode.computeIfAbsent(form.map << 8 | form.opcode + k, x -> new ArrayList<>())
                        .add(i);
            }
        }
        byOpcode.keySet().stream().sorted().forEach(key -> addRoot(key, byOpcode.get(key)));
    }

    /** The nodes: question, then one reference for each answer. */
    String nodes() {
        return nodes.toString();
    }

    private void addRoot(int key, List<Integer> candidates) {
        boolean has = forms.get(candidates.get(0)).has(Layout.F_MODRM);
        for (int i : candidates) {
            if (forms.get(i).has(Layout.F_MODRM) != has) {
                throw new TableException(forms.get(i).where, "forms of one opcode disagree about ModRM");
            }
        }
        modrm[key] = has;
        roots[key] = (char) build(candidates, 0);
    }

    private int build(List<Integer> candidates, int question) {
        if (candidates.isEmpty()) {
            return 0;
        }
        if (question == Layout.ASK_ANSWERS.length()) {
            return mostSpecific(candidates) + 1;
        }
        boolean matters = candidates.stream().anyMatch(i -> forms.get(i).answers[question] != -1);
        if (!matters) {
            return build(candidates, question + 1);
        }
        int[] children = new int[Layout.ASK_ANSWERS.charAt(question)];
        for (int answer = 0; answer < children.length; answer++) {
            int a = answer;
            List<Integer> left = candidates.stream()
                    .filter(i -> forms.get(i).accepts(question, a))
                    .toList();
            children[answer] = build(left, question + 1);
        }
        if (Arrays.stream(children).allMatch(c -> c == children[0])) {
            return children[0];
        }
        return node(question, children);
    }

    private int node(int question, int[] children) {
        StringBuilder text = new StringBuilder().append((char) question);
        for (int child : children) {
            text.append((char) child);
        }
        return known.computeIfAbsent(text.toString(), t -> {
            int at = nodes.length();
            nodes.append(t);
            if (at >= Layout.TREE_NODE) {
                throw new TableException("table", "the decision tree is too large");
            }
            return at | Layout.TREE_NODE;
        });
    }

    private int mostSpecific(List<Integer> candidates) {
        int best = candidates.get(0);
        boolean tie = false;
        for (int i : candidates.subList(1, candidates.size())) {
            int more = forms.get(i).specificity() - forms.get(best).specificity();
            if (more > 0) {
                best = i;
            }
            tie = more == 0 || tie && more < 0;
        }
        if (tie) {
            throw new TableException(
                    forms.get(best).where,
                    "ambiguous with one of "
                            + candidates.stream()
                                    .map(i -> forms.get(i).toString())
                                    .toList());
        }
        return best;
    }
}
