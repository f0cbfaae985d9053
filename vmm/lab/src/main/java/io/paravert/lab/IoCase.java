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
        of(IoWorkload.READ, 0).forEach(one -> all.add(new IoCase(one.path, one.workload, one.depth, one.cpl, 2)));
        return all;
    }

    /** As few as show each path, each workload, both privileges, and one and two vCPUs. */
    static List<IoCase> few() {
        List<IoCase> few = new ArrayList<>(of(IoWorkload.READ, 3));
        few.add(deep(IoPath.PORT, IoWorkload.WRITE, 3, 1));
        few.add(deep(IoPath.RING_POLLING, IoWorkload.WRITE, 3, 1));
        for (IoWorkload message : List.of(IoWorkload.MESSAGE_64, IoWorkload.MESSAGE_1500)) {
            for (IoPath path : List.of(IoPath.PORT, IoPath.VIRTIO, IoPath.RING_POLLING)) {
                few.add(deep(path, message, 3, 1));
            }
        }
        few.addAll(of(IoWorkload.CONSOLE_LINE, 3));
        for (int vcpus = 1; vcpus <= 2; vcpus++) {
            for (IoPath path : List.of(IoPath.PORT, IoPath.VIRTIO, IoPath.RING_POLLING)) {
                few.add(deep(path, IoWorkload.READ, 0, vcpus));
            }
        }
        return few;
    }

    private static IoCase deep(IoPath path, IoWorkload workload, int cpl, int vcpus) {
        return new IoCase(path, workload, path.deepest(), cpl, vcpus);
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
