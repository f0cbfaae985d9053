package io.paravert.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObjdumpTest {
    private static final int SLOTS = 5_000;

    @ParameterizedTest
    @EnumSource(CodeSize.class)
    void shouldReadRandomBytesAsObjdumpDoes(CodeSize size) throws Exception {
        assumeThat(Objdump.isInstalled())
                .as("objdump (binutils) is not installed: decoder not compared with it")
                .isTrue();
        long seed = 20261103;
        System.out.println("seed " + seed);
        ObjdumpComparison comparison = new ObjdumpComparison();
        comparison.compareSlots(Candidates.blob(new SplittableRandom(seed), SLOTS, size), size);
        assertThat(comparison.differences).isEmpty();
        assertThat(comparison.compared).isGreaterThan(SLOTS);
    }
}
