package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.guest.GuestNeed;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.engine.EngineReport.Fact;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which engine a guest gets. */
class EngineSelectionTest {
    private static final EngineProvider SOFT = EngineSelection.installed().stream()
            .filter(p -> p.name().equals("soft"))
            .findFirst()
            .orElseThrow();

    /** A KVM that answers as a test says; one that opens is the software engine in its place. */
    private record Kvm(boolean opens, List<Fact> facts) implements EngineProvider {
        @Override
        public String name() {
            return "kvm";
        }

        @Override
        public int preference() {
            return 100;
        }

        @Override
        public EngineReport probe() {
            return new EngineReport("kvm", opens, "", "", "", facts, List.of());
        }

        @Override
        public Engine open() {
            if (!opens) {
                throw new EngineException("/dev/kvm does not exist", "load kvm_amd");
            }
            return SOFT.open();
        }
    }

    private static final Kvm BROKEN = new Kvm(false, List.of());
    private static final Kvm WITHOUT_PAGING = new Kvm(true, List.of(new Fact("32-bit paging", "no: shutdown")));

    @Test
    void autoShouldFallBackAndSayWhy() {
        EngineSelection chosen = EngineSelection.open(EngineChoice.AUTO, Set.of(), List.of(BROKEN, SOFT));
        assertThat(chosen.engine().name()).isEqualTo("soft");
        assertThat(chosen.note()).contains("kvm is not usable: /dev/kvm does not exist; load kvm_amd; using soft");
        chosen.engine().close();
    }

    @Test
    void aNamedEngineShouldNotGiveWay() {
        assertThatThrownBy(() -> EngineSelection.open(EngineChoice.KVM, Set.of(), List.of(BROKEN, SOFT)))
                .isInstanceOf(EngineException.class)
                .hasMessage("/dev/kvm does not exist; load kvm_amd");
        assertThatThrownBy(() -> EngineSelection.open(EngineChoice.KVM, Set.of(), List.of(SOFT)))
                .isInstanceOf(CommandException.class)
                .hasMessage("the engine kvm is not installed; installed: [soft]");
    }

    @Test
    void autoShouldPassOverAnEngineThatLacksWhatTheGuestNeeds() {
        Set<GuestNeed> needs = Set.of(GuestNeed.PAGING_32);
        EngineSelection chosen = EngineSelection.open(EngineChoice.AUTO, needs, List.of(WITHOUT_PAGING, SOFT));
        assertThat(chosen.note())
                .contains("the engine kvm cannot do 32-bit paging here, which this guest needs; using soft");
        chosen.engine().close();
        assertThatThrownBy(() -> EngineSelection.open(EngineChoice.KVM, needs, List.of(WITHOUT_PAGING, SOFT)))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("cannot do 32-bit paging");
    }

    @Test
    void autoShouldFailIfNothingWorks() {
        assertThatThrownBy(() -> EngineSelection.open(EngineChoice.AUTO, Set.of(), List.of(BROKEN)))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("no engine works here: kvm is not usable");
    }
}
