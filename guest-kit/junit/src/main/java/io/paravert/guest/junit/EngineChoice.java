package io.paravert.guest.junit;

import io.paravert.guest.GuestNeed;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import java.util.List;
import java.util.Optional;

/**
 * Whether a test runs on an engine: a pure function of what the engine reports and of where the test runs.
 *
 * @param provider of the engine
 * @param report what its probe found
 * @param skip why the test does not run, if it does not
 * @param failure why it fails without being run, if it does
 */
record EngineChoice(EngineProvider provider, EngineReport report, Optional<String> skip, Optional<String> failure) {
    private static final String ABSENT = "no";

    /**
     * Decides.
     *
     * @param mustRunKvm whether a KVM engine that does not work is a failure here
     */
    static EngineChoice of(EngineProvider provider, EngineReport report, List<GuestNeed> needs, boolean mustRunKvm) {
        if (!report.usable()) {
            String cause = report.name() + " is not usable: " + report.cause();
            if (mustRunKvm && report.name().equals("kvm")) {
                String text = cause + " (CI=true and /dev/kvm exists, so its tests must run); " + report.remedy();
                return new EngineChoice(provider, report, Optional.empty(), Optional.of(text));
            }
            return new EngineChoice(provider, report, Optional.of(cause), Optional.empty());
        }
        Optional<String> missing = needs.stream()
                .filter(need -> lacks(report, need))
                .findFirst()
                .map(need -> "the engine " + report.name() + " reports " + need.fact() + ": " + ABSENT);
        return new EngineChoice(provider, report, missing, Optional.empty());
    }

    private static boolean lacks(EngineReport report, GuestNeed need) {
        return report.facts().stream()
                .anyMatch(
                        fact -> fact.name().equals(need.fact()) && fact.value().startsWith(ABSENT));
    }
}
