package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.engine.EngineReport.Fact;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import io.paravert.vmm.engine.HypercallTransport;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person reads of what the engines report. */
class DoctorCommandTest {
    private static final HostFacts HOST = new HostFacts(List.of(new Fact("CPU", "a slow one")));
    private static final EngineReport BROKEN = new EngineReport(
            "kvm", false, "no module", "/dev/kvm does not exist", "modprobe kvm_amd", List.of(), List.of());
    private static final EngineReport WORKING = new EngineReport(
            "kvm",
            true,
            "kvm_amd",
            "",
            "",
            List.of(new Fact("irqchip", "yes")),
            List.of(
                    new TransportFinding(HypercallTransport.PORT, true, 8000, "", true),
                    new TransportFinding(HypercallTransport.VMCALL_INTERCEPTED, false, 0, "not offered", false)));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int show(EngineReport... reports) {
        Stdio stdio = new Stdio(
                InputStream.nullInputStream(),
                out,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                false);
        return new DoctorCommand(stdio).show(HOST, List.of(reports));
    }

    @Test
    void shouldShowFactsAndTransports() {
        assertThat(show(WORKING)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).replaceAll(" {2,}", " | "))
                .isEqualTo("host\n | CPU | a slow one\n\nengine kvm: usable, kvm_amd\n | irqchip | yes\n"
                        + " | by port I/O | 8000 ns a call | <- chosen\n | by vmcall | no; not offered\n\n"
                        + "--engine auto takes kvm\n");
    }

    @Test
    void shouldShowCauseAndRemedy() {
        assertThat(show(BROKEN)).isEqualTo(Status.NO_ENGINE);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "engine kvm: not usable", "/dev/kvm does not exist", "modprobe kvm_amd", "no engine is usable");
    }
}
