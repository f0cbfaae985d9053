package io.paravert.guest.junit;

import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.VmStatistics;
import io.paravert.vmm.crash.CrashReport;
import java.util.Optional;

/**
 * What a guest did, from its first instruction to its end. Immutable.
 *
 * @param engine name of the engine that ran it
 * @param console all that it wrote, decoded as UTF-8
 * @param crashReport what a person would be shown of its crash, if it crashed
 */
public record GuestRun(
        String engine, VmOutcome outcome, String console, VmStatistics statistics, Optional<CrashReport> crashReport) {
    /** How often a hypercall was made. */
    public long calls(int number) {
        return statistics.hypercalls().stream()
                .filter(h -> h.number() == number)
                .mapToLong(VmStatistics.HypercallStatistics::count)
                .sum();
    }
}
