package io.paravert.cli;

import io.paravert.vmm.Vm;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.VmStatistics;
import io.paravert.vmm.crash.CrashReport;
import io.paravert.vmm.crash.Whereabouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How a run ended.
 *
 * @param guest its name
 * @param kind how, in a word for machines
 * @param sentence how, for people, to follow the guest's name
 * @param status this command's exit status
 * @param guestCode the guest's own 32-bit code, if it ended itself
 * @param crash what is known of its crash, if it crashed
 * @param where what each vCPU was doing, if the time was up
 * @param asked what is to be told of the engine
 */
record RunRecord(
        String guest,
        String kind,
        String sentence,
        int status,
        Optional<Integer> guestCode,
        Optional<CrashReport> crash,
        List<String> where,
        VmStatistics statistics,
        Set<RunCommand.Stats> asked) {

    private static final String REBOOT = "reboot";

    /**
     * Of a machine that has ended and is not closed yet.
     *
     * @param panic what its kernel has said of its panic, if it has
     */
    static RunRecord of(String guest, Vm vm, VmOutcome outcome, Optional<String> panic, RunRequest request) {
        RunRecord ended = ofOutcome(guest, vm, outcome, request);
        if (panic.isEmpty()) {
            return ended;
        }
        if (ended.isReboot()) {
            return ended.withEnd("crashed", "crashed: its kernel has panicked: " + panic.get(), Status.CRASHED);
        }
        return outcome instanceof VmOutcome.TimedOut
                ? ended.withEnd(ended.kind, ended.sentence + "; its kernel has panicked: " + panic.get(), ended.status)
                : ended;
    }

    private static RunRecord ofOutcome(String guest, Vm vm, VmOutcome outcome, RunRequest request) {
        Set<RunCommand.Stats> asked = request.stats();
        VmStatistics statistics = vm.statistics();
        if (outcome instanceof VmOutcome.Shutdown end) {
            return new RunRecord(
                    guest,
                    end.reboot() ? REBOOT : "exited",
                    (end.reboot() ? "asked for a reboot, status " : "exited with status ") + end.processStatus(),
                    end.processStatus(),
                    Optional.of(end.code()),
                    Optional.empty(),
                    List.of(),
                    statistics,
                    asked);
        }
        if (outcome instanceof VmOutcome.Crashed end) {
            CrashReport report = CrashReport.of(guest, statistics.engine(), end.crash(), vm.memory());
            return ended(guest, "crashed", "crashed", Status.CRASHED, statistics, asked)
                    .with(Optional.of(report), List.of());
        }
        if (outcome instanceof VmOutcome.TimedOut) {
            // The machine's own limit is what was left of it.
            String sentence = "timed out after " + seconds(request.timeout());
            return ended(guest, "timed-out", sentence, Status.TIMED_OUT, statistics, asked)
                    .with(Optional.empty(), whereabouts(vm, statistics.vcpus().size()));
        }
        if (outcome instanceof VmOutcome.Failed end) {
            return ended(guest, "failed", "could not run: " + end.message(), Status.NO_ENGINE, statistics, asked);
        }
        return ended(guest, "left", "was stopped", Status.LEFT, statistics, asked);
    }

    private static List<String> whereabouts(Vm vm, int vcpus) {
        List<String> where = new ArrayList<>();
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            String name = "vCPU " + vcpu + " ";
            vm.registersAtTimeout(vcpu).ifPresent(state -> where.add(name + Whereabouts.of(vm.memory(), state)));
        }
        return where;
    }

    private static RunRecord ended(
            String guest,
            String kind,
            String sentence,
            int status,
            VmStatistics statistics,
            Set<RunCommand.Stats> asked) {
        return new RunRecord(
                guest, kind, sentence, status, Optional.empty(), Optional.empty(), List.of(), statistics, asked);
    }

    private RunRecord with(Optional<CrashReport> report, List<String> whereabouts) {
        return new RunRecord(guest, kind, sentence, status, guestCode, report, whereabouts, statistics, asked);
    }

    private RunRecord withEnd(String newKind, String newSentence, int newStatus) {
        return new RunRecord(guest, newKind, newSentence, newStatus, Optional.empty(), crash, where, statistics, asked);
    }

    private static String seconds(Duration limit) {
        return String.format(Locale.ROOT, "%.3f", limit.toNanos() / 1e9).replaceAll("\\.?0+$", "") + " s";
    }

    /** Whether the guest ended so that it may start again. */
    boolean isReboot() {
        return kind.equals(REBOOT);
    }

    /** For people; several lines, the last one ended. */
    String summary(boolean colour) {
        return new RunSummary(this, colour).text();
    }

    /** One JSON object, without a newline. */
    String json() {
        return RunJson.of(this);
    }

    /** The JSON object of a run that did not come about. */
    static String failure(String guest, int status, String message) {
        return RunJson.failure(guest, status, message);
    }
}
