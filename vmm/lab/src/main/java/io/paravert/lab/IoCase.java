package io.paravert.lab;

import io.paravert.abi.IoOp;
import java.util.ArrayList;
import java.util.List;

/**
 * One measurement.
 *
 * @param op IoOp: READ or WRITE
 * @param bytes of each operation
 * @param depth operations under way at once
 * @param cpl privilege level of the driver, 0 or 3
 */
record IoCase(IoPath path, int op, int bytes, int depth, int cpl) {
    private static final int BYTES = 4096;

    /** All of them, in the order in which they are shown. */
    static List<IoCase> all() {
        List<IoCase> all = new ArrayList<>();
        for (int cpl : new int[] {3, 0}) {
            for (int op : new int[] {IoOp.READ, IoOp.WRITE}) {
                for (IoPath path : IoPath.values()) {
                    path.depths().forEach(depth -> all.add(new IoCase(path, op, BYTES, depth, cpl)));
                }
            }
        }
        return all;
    }

    String workload() {
        return (bytes / 1024) + " KiB " + (op == IoOp.READ ? "random read" : "random write");
    }

    /** What the guest reads on its command line; times in us. */
    String commandLine(IoTimes times) {
        return path.arguments() + " op=" + op + " bytes=" + bytes + " depth=" + depth + " cpl=" + cpl + " rounds="
                + times.rounds() + " warm=" + times.warmMicros() + " round=" + times.roundMicros();
    }
}
