package io.paravert.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * One measurement.
 *
 * @param depth operations under way at once
 * @param cpl privilege level of the driver, 0 or 3
 * @param vcpus 1, or 2 that do the same at once, each with what is its own
 */
record IoCase(IoPath path, IoWorkload workload, int depth, int cpl, int vcpus) {
    IoCase(IoPath path, IoWorkload workload, int depth, int cpl) {
        this(path, workload, depth, cpl, 1);
    }

    /** All of them, in the order in which they are shown. */
    static List<IoCase> all() {
        List<IoCase> all = new ArrayList<>();
        for (int cpl : new int[] {3, 0}) {
            for (IoWorkload workload : IoWorkload.values()) {
                // What the driver's privilege costs is seen with the disk.
                if (cpl == 3 || workload == IoWorkload.READ || workload == IoWorkload.WRITE) {
                    all.addAll(of(workload, cpl));
                }
            }
        }
        for (IoPath path : IoPath.values()) {
            if (path.takesVcpus()) {
                int deepest = path.depths().get(path.depths().size() - 1);
                all.add(new IoCase(path, IoWorkload.READ, deepest, 0, 2));
            }
        }
        return all;
    }

    /** What all cases of a table have in common. */
    String title() {
        return "driver at CPL " + cpl + ", " + (vcpus == 1 ? "" : vcpus + " vCPUs, ") + workload.label();
    }

    private static List<IoCase> of(IoWorkload workload, int cpl) {
        List<IoCase> cases = new ArrayList<>();
        for (IoPath path : IoPath.values()) {
            if (workload.takes(path)) {
                path.depths().forEach(depth -> cases.add(new IoCase(path, workload, depth, cpl)));
            }
        }
        return cases;
    }

    /** What the guest reads on its command line; times in us. */
    String commandLine(IoTimes times) {
        return path.arguments() + " " + workload.arguments() + " depth=" + depth + " cpl=" + cpl + " vcpus=" + vcpus
                + " rounds=" + times.rounds() + " warm=" + times.warmMicros() + " round=" + times.roundMicros();
    }
}
