package io.paravert.soft.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.MachineSpec.CpuidEntry;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InstructionsTest {
    private static Instructions of(boolean controllers, int vcpus, int signature) {
        return Instructions.of(controllers, vcpus, List.of(new CpuidEntry(0x4000_0000, signature, 0, 0, 0)));
    }

    @Test
    void shouldBeMadeOnceForAllMachinesOfAKind() {
        Instructions one = of(false, 1, 7);
        assertThat(of(false, 1, 7)).isSameAs(one);
        assertThat(List.of(of(true, 1, 7), of(false, 2, 7), of(false, 1, 8))).doesNotContain(one);
    }

    @Test
    void shouldNotKeepEveryKindThatEverWas() {
        Instructions first = of(false, 1, 1000);
        IntStream.range(1001, 1200).forEach(signature -> of(false, 1, signature));
        assertThat(of(false, 1, 1000)).isNotSameAs(first);
    }
}
