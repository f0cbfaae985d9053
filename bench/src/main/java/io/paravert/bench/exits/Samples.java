package io.paravert.bench.exits;

import java.util.Arrays;

/** Measurements of one thing, one a round. */
final class Samples {
    private final double[] values;
    private int count;

    Samples(int rounds) {
        values = new double[rounds];
    }

    void add(double value) {
        values[count++] = value;
    }

    void clear() {
        count = 0;
    }

    double get(int round) {
        return values[round];
    }

    double median() {
        return quantile(0.5);
    }

    double min() {
        return quantile(0);
    }

    double max() {
        return quantile(1);
    }

    private double quantile(double q) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.round(q * (count - 1))];
    }

    /** Of these to others of the same rounds, round by round: what both suffered alike cancels out. */
    Samples ratioOf(Samples others) {
        Samples ratios = new Samples(count);
        for (int i = 0; i < count; i++) {
            ratios.add(others.get(i) / get(i));
        }
        return ratios;
    }
}
