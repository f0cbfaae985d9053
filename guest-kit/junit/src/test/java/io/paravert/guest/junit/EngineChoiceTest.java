package io.paravert.guest.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.guest.GuestNeed;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineChoiceTest {
    private static EngineReport report(String name, boolean usable, EngineReport.Fact... facts) {
        String cause = usable ? "" : "no permission";
        return new EngineReport(name, usable, name, cause, usable ? "" : "join the group", List.of(facts), List.of());
    }

    private static EngineChoice choose(EngineReport report, boolean mustRunKvm, GuestNeed... needs) {
        return EngineChoice.of(new Reporting(report), report, List.of(needs), mustRunKvm);
    }

    @Test
    void shouldRunOnAnEngineThatWorks() {
        EngineChoice choice = choose(report("kvm", true), true);

        assertThat(choice.skip()).isEmpty();
        assertThat(choice.failure()).isEmpty();
    }

    @Test
    void shouldSkipAnEngineThatDoesNotWorkAndSayWhy() {
        EngineChoice choice = choose(report("kvm", false), false);

        assertThat(choice.skip()).contains("kvm is not usable: no permission");
        assertThat(choice.failure()).isEmpty();
    }

    @Test
    void shouldFailWhereKvmMustRunAndDoesNot() {
        EngineChoice choice = choose(report("kvm", false), true);

        assertThat(choice.skip()).isEmpty();
        assertThat(choice.failure())
                .hasValueSatisfying(text -> assertThat(text)
                        .contains("no permission")
                        .contains("CI=true")
                        .contains("join the group"));
    }

    @Test
    void shouldSkipAnotherEngineEvenWhereKvmMustRun() {
        assertThat(choose(report("soft", false), true).skip()).isPresent();
    }

    @Test
    void shouldSkipAnEngineThatReportsANeedAsMissing() {
        EngineReport report = report("kvm", true, new EngineReport.Fact("32-bit paging", "no: shutdown"));

        assertThat(choose(report, true, GuestNeed.PAGING_32).skip())
                .contains("the engine kvm reports 32-bit paging: no");
        assertThat(choose(report, true).skip()).isEmpty();
    }

    @Test
    void shouldRunOnAnEngineThatReportsANeedAsMetOrNotAtAll() {
        EngineReport met = report("kvm", true, new EngineReport.Fact("32-bit paging", "yes"));

        assertThat(choose(met, false, GuestNeed.PAGING_32).skip()).isEmpty();
        assertThat(choose(report("soft", true), false, GuestNeed.PAGING_32).skip())
                .isEmpty();
    }

    private record Reporting(EngineReport report) implements EngineProvider {
        @Override
        public String name() {
            return report.name();
        }

        @Override
        public int preference() {
            return 0;
        }

        @Override
        public EngineReport probe() {
            return report;
        }

        @Override
        public Engine open() {
            throw new EngineException("not opened in this test", "");
        }
    }
}
