package io.paravert.lab.sensitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.EngineProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DeprivilegedKernelTest {
    private static final KernelRuns RUNS = KernelRuns.measure(ServiceLoader.load(EngineProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals("soft"))
            .findFirst()
            .orElseThrow());

    private static final Map<String, KernelRuns.Row> ROWS =
            RUNS.rows().stream().collect(Collectors.toMap(KernelRuns.Row::name, Function.identity()));

    @Test
    void shouldRunTheWholeKernelInEachRing() {
        for (DeprivilegedKernel.Ended ended : List.of(RUNS.ring0(), RUNS.ring1(), RUNS.ring3())) {
            assertThat(ended.said()).isEqualTo(KernelProgram.LINE);
            assertThat(ended.instructions()).isEqualTo(RUNS.ring0().instructions());
        }
        RUNS.ring0()
                .counts()
                .values()
                .forEach(count -> assertThat(count.trapped).isZero());
    }

    @Test
    void shouldTrapAndEmulateThePrivileged() {
        for (String name : List.of(
                "HLT",
                "CLI",
                "STI",
                "CLTS",
                "LGDT",
                "LIDT",
                "LLDT",
                "LTR",
                "INVLPG",
                "WBINVD",
                "RDMSR",
                "WRMSR",
                "SWAPGS",
                "IN",
                "OUT",
                "MOV r, CR",
                "MOV CR, r",
                "MOV r, DR",
                "RET far")) {
            KernelRuns.Row row = ROWS.get(name);
            assertThat(row).as(name).isNotNull();
            assertThat(row.isViolator()).as(name).isFalse();
            assertThat(row.trapped1()).as(name).isPositive();
            assertThat(row.wrong()).as(name).isEmpty();
        }
    }

    @Test
    void shouldCountTheViolators() {
        for (String name : List.of(
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
                "CALL far",
                "IRET",
                "PUSH Sreg",
                "MOV r, Sreg")) {
            KernelRuns.Row row = ROWS.get(name);
            assertThat(row.trapped1() + row.trapped3()).as(name).isZero();
            assertThat(row.isViolator()).as(name).isTrue();
        }
        // DS takes the kernel's selector, SS does not.
        assertThat(ROWS.get("MOV Sreg, r").isViolator()).isTrue();
        assertThat(ROWS.get("MOV Sreg, r").trapped1()).isEqualTo(1);
        assertThat(ROWS.get("POPF").executed1()).isGreaterThan(10);
    }

    @Test
    void shouldShowWhatTheKernelIsToldWrongly() {
        assertThat(ROWS.get("MOV r, Sreg").wrong()).isEqualTo("8 in 0, 9 in 1, b in 3");
        assertThat(ROWS.get("CALL far").wrong()).isEqualTo("8 in 0, 9 in 1, b in 3");
        assertThat(ROWS.get("SGDT").wrong()).isEqualTo("10000 in 0, 4000 in 1, 4000 in 3");
        assertThat(ROWS.get("PUSHF").wrong()).isEqualTo("0 in 0, 200 in 1, 200 in 3");
        assertThat(ROWS.get("POPF").wrong()).isEqualTo("1 in 0, 0 in 1, 0 in 3");
        assertThat(ROWS.get("IRET").wrong()).isEqualTo("1 in 0, 0 in 1, 0 in 3");
    }
}
