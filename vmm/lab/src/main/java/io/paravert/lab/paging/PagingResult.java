package io.paravert.lab.paging;

import io.paravert.vmm.engine.PagingStatistics;
import io.paravert.vmm.engine.PagingTechnique;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What a workload cost under one technique.
 *
 * @param technique ENGINE_CHOICE where nobody could choose
 * @param rounds in their order
 */
record PagingResult(String engine, PagingTechnique technique, Workload workload, List<Round> rounds) {
    PagingResult {
        rounds = List.copyOf(rounds);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** ns of processor time of an operation, the median of the rounds. */
    double nanos() {
        return median(rounds.stream()
                .map(round -> (double) round.nanos() / PagingGuest.operations(workload))
                .toList());
    }

    /** Whether the engine tells what paging costs. */
    boolean isCounted() {
        return rounds.get(0).paging().isPresent();
    }

    private double each(ToLongFunction<PagingStatistics> figure) {
        return median(rounds.stream()
                .map(Round::paging)
                .flatMap(Optional::stream)
                .map(paging -> (double) figure.applyAsLong(paging) / PagingGuest.operations(workload))
                .toList());
    }

    /** Misses of the TLB in an operation; as all that follow, only if {@link #isCounted}. */
    double walks() {
        return each(PagingStatistics::walks);
    }

    /** References to memory that the processor makes to translate. */
    double references() {
        return each(PagingStatistics::references);
    }

    double exits() {
        return each(PagingStatistics::exits);
    }

    double monitorReferences() {
        return each(PagingStatistics::monitorReferences);
    }
}
