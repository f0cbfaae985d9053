package io.paravert.lab.sensitive;

import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineProvider;
import java.util.ArrayList;
import java.util.List;

/**
 * One kernel in ring 0, where it belongs, and deprivileged in rings 1 and 3.
 *
 * @param logged the instruction that gave each value of {@code seen}
 */
record KernelRuns(
        List<String> logged,
        DeprivilegedKernel.Ended ring0,
        DeprivilegedKernel.Ended ring1,
        DeprivilegedKernel.Ended ring3) {

    /**
     * A sensitive instruction over all runs: how often it was executed and how often that trapped, in rings 1 and 3.
     *
     * @param wrong what the kernel saw where that differs from ring 0; empty if it never does
     */
    record Row(String name, int executed1, int trapped1, int executed3, int trapped3, String wrong) {
        /** It was executed, and did not always trap. */
        boolean isViolator() {
            return trapped1 < executed1 || trapped3 < executed3;
        }
    }

    static KernelRuns measure(EngineProvider provider) {
        try (Engine engine = provider.open()) {
            List<DeprivilegedKernel.Ended> ended = new ArrayList<>();
            List<String> logged = List.of();
            for (int ring : new int[] {0, 1, 3}) {
                try (DeprivilegedKernel kernel = new DeprivilegedKernel(engine, ring)) {
                    ended.add(kernel.run());
                    logged = kernel.program().seen;
                }
            }
            return new KernelRuns(logged, ended.get(0), ended.get(1), ended.get(2));
        }
    }

    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        ring1.counts().forEach((name, one) -> {
            DeprivilegedKernel.Count three = ring3.counts().getOrDefault(name, new DeprivilegedKernel.Count());
            rows.add(new Row(name, one.executed, one.trapped, three.executed, three.trapped, wrong(name)));
        });
        return rows;
    }

    private String wrong(String name) {
        for (int i = 0; i < logged.size(); i++) {
            long right = ring0.seen().get(i);
            long one = ring1.seen().get(i);
            long three = ring3.seen().get(i);
            if (logged.get(i).equals(name) && (one != right || three != right)) {
                return String.format("%x in 0, %x in 1, %x in 3", right, one, three);
            }
        }
        return "";
    }
}
