package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import io.paravert.vmm.engine.HypercallTransport;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

@OnKvm
class KvmReportTest {
    @Test
    void shouldBeFoundAsAServiceAndSayWhatItFound() {
        EngineProvider provider = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.name().equals("kvm"))
                .findFirst()
                .orElseThrow();
        EngineReport report = provider.probe();
        assertThat(report.usable()).isTrue();
        assertThat(report.summary()).startsWith("KVM by ");
        assertThat(report.transports())
                .hasSize(3)
                .filteredOn(TransportFinding::chosen)
                .hasSize(1);
        assertThat(report.transports())
                .filteredOn(t -> t.transport() == HypercallTransport.PORT)
                .allMatch(t -> t.works() && t.nanoseconds() > 0);
    }
}
