package io.paravert.bench.cpu;

import java.util.Collections;
import java.util.List;

/** The median of some measurements, and how far they lie apart. */
record Spread(long median, long least, long most) {
    static Spread of(List<Long> values) {
        List<Long> sorted = values.stream().sorted().toList();
        return new Spread(sorted.get(sorted.size() / 2), sorted.get(0), Collections.max(sorted));
    }
}
