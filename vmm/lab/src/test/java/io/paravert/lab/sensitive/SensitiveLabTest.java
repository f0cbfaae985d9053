package io.paravert.lab.sensitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.lab.LabReport;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SensitiveLabTest {
    private static final List<String> VIOLATORS = List.of(
            "PUSHF",
            "POPF",
            "SGDT",
            "SIDT",
            "SLDT",
            "STR",
            "SMSW",
            "LAR",
            "LSL",
            "VERR",
            "VERW",
            "MOV r, CS",
            "MOV FS, r",
            "PUSH FS",
            "POP FS",
            "JMP far",
            "CALL far",
            "RET far",
            "IRET",
            "CPUID",
            "RDTSC");

    private static final List<String> UMIP = List.of("SGDT", "SIDT", "SLDT", "STR", "SMSW");

    private static EngineProvider provider(String name) {
        return ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Finding> measure(String engine) {
        return SensitiveLab.measure(provider(engine), line -> {}).stream()
                .collect(Collectors.toMap(Finding::name, Function.identity()));
    }

    @Test
    void shouldFindTheViolatorsOnTheSoftwareEngine() {
        Map<String, Finding> found = measure("soft");
        found.forEach((name, finding) -> {
            Finding.Verdict expected = VIOLATORS.contains(name) ? Finding.Verdict.VIOLATOR : Finding.Verdict.PRIVILEGED;
            assertThat(finding.verdict()).as("%s: %s", name, finding).isEqualTo(expected);
        });
        assertThat(found).hasSizeGreaterThan(VIOLATORS.size());
    }

    @Test
    void shouldSeeUmipCloseFiveOfThem() {
        measure("soft")
                .forEach((name, finding) -> assertThat(
                                finding.levels().get(3).kind() != finding.umip().kind())
                        .as(name)
                        .isEqualTo(UMIP.contains(name)));
    }

    @Test
    void shouldReportEveryEngineThatIsUsable() {
        LabReport report = new SensitiveLab().run(line -> {});
        assertThat(report.text()).contains("soft: ").contains("POPF").contains("VIOLATOR");
        assertThat(report.text().lines().allMatch(line -> line.length() <= 100)).isTrue();
        assertThat(report.json()).contains("\"violator\"");
        assertThat(report.html().orElseThrow()).contains("<td>POPF</td>");
    }

    /** Ring 3 is the processor itself, whatever kernel module is behind the device. */
    @Test
    @Tag("kvm")
    void shouldAgreeWithTheProcessorAtRing3() {
        Assumptions.assumeTrue(provider("kvm").probe().usable(), "KVM is not usable");
        Map<String, Finding> soft = measure("soft");
        measure("kvm").forEach((name, finding) -> {
            Outcome user = finding.levels().get(3);
            if (user.kind() != Outcome.Kind.NOT_RUN) {
                assertThat(user).as(name).isEqualTo(soft.get(name).levels().get(3));
            }
        });
    }
}
