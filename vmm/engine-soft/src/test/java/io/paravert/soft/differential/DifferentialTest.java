package io.paravert.soft.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.isa.CodeSize;
import io.paravert.soft.numeric.ring3.Ring3;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sample of the differential run; {@code tools/differential} runs any number. The engine is an AMD processor, also in what the manuals leave
 * open, so that it is compared with one alone.
 */
class DifferentialTest {
    private static final long FIRST = 20261;
    private static final int BATCHES = 60;

    @ParameterizedTest
    @EnumSource
    void sequencesEndAsOnTheProcessor(CodeSize size) {
        assumeTrue(Ring3.hostIsAmd(), "no native reference: the host's processor is not AMD's");
        try (Runs runs = new Runs(size, in -> true)) {
            int batches = size == CodeSize.CODE64 ? BATCHES : BATCHES / 2;
            for (int done = 0; done < batches; done++) {
                assertEquals("", runs.batch(FIRST + (long) done * Ring3.BATCH, Ring3.BATCH));
            }
        }
    }

    /** Nearly every form of the table that this machine has is among the templates: the generator does not lose any. */
    @Test
    void formsAreReached() {
        int forms = new Templates(CodeSize.CODE64, in -> true).forms().size();
        assertTrue(forms > 1300, () -> "only " + forms + " forms");
    }
}
