package io.paravert.lab.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.paravert.vmm.engine.PagingTechnique;
import io.paravert.vmm.lab.LabReport;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A short run of the whole lab: counts, which do not depend on how fast the machine is. */
class PagingLabTest {
    private static PagingLab.Findings findings;
    private static LabReport report;

    @BeforeAll
    static void run() {
        findings = new PagingLab(2, Duration.ZERO).measure(line -> {});
        report = PagingReport.of(findings);
    }

    private static PagingResult soft(PagingTechnique technique, Workload workload) {
        return findings.results().stream()
                .filter(r -> r.engine().equals("soft") && r.technique() == technique && r.workload() == workload)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldReadTwentyFourEntriesAMissInTwoDimensionsAndFourThroughTheShadow() {
        PagingResult nested = soft(PagingTechnique.TWO_DIMENSIONAL, Workload.WALKS);
        PagingResult shadow = soft(PagingTechnique.SHADOW, Workload.WALKS);
        assertThat(nested.walks()).isCloseTo(1, within(0.01));
        assertThat(nested.references()).isCloseTo(24, within(0.1));
        assertThat(shadow.references()).isCloseTo(4, within(0.1));
        assertThat(shadow.exits()).isCloseTo(0, within(0.01));
    }

    @Test
    void shouldNeverLeaveTheGuestForPagingInTwoDimensions() {
        for (Workload workload : Workload.values()) {
            PagingResult r = soft(PagingTechnique.TWO_DIMENSIONAL, workload);
            assertThat(r.exits()).as(workload.label()).isZero();
            assertThat(r.monitorReferences()).as(workload.label()).isZero();
        }
    }

    @Test
    void shouldLeaveTheGuestForEachChangeOfAShadowedTable() {
        // The store, the page that the shadow lacks, INVLPG.
        assertThat(soft(PagingTechnique.SHADOW, Workload.CHURN).exits()).isCloseTo(3, within(0.1));
        // And the fault that is the guest's own, with the handler's store.
        assertThat(soft(PagingTechnique.SHADOW, Workload.FAULTS).exits()).isCloseTo(5, within(0.1));
        assertThat(soft(PagingTechnique.SHADOW, Workload.SWITCHES).exits()).isCloseTo(1, within(0.1));
        assertThat(soft(PagingTechnique.SHADOW, Workload.COMPUTE).exits()).isCloseTo(0, within(0.1));
    }

    @Test
    void shouldFillTheTerminalsColumnsAndNoMore() {
        assertThat(report.text().lines()).allMatch(line -> line.length() <= 100);
        assertThat(report.text()).contains("context switches").contains("two-dim.");
    }

    @Test
    void shouldGiveTheSameFiguresAsJson() throws IOException {
        JsonNode rows = JsonMapper.builder().build().readTree(report.json()).get("results");
        assertThat(rows).hasSize(findings.results().size());
        assertThat(rows.findValuesAsText("workload")).contains("compute", "walks", "churn", "faults", "switches");
    }

    @Test
    void shouldMakeAPageThatNeedsNothingElse() {
        String page = report.html().orElseThrow();
        assertThat(page)
                .contains("<svg")
                .contains("INVLPG")
                .doesNotContain("http")
                .doesNotContain("<script");
    }
}
