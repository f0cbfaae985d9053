package io.paravert.soft;

import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.engine.EngineReport.Fact;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import io.paravert.vmm.engine.HypercallTransport;
import java.util.List;

/** Offers the software engine, which works wherever the JVM does; what {@code --engine auto} falls back to. */
public final class SoftEngineProvider implements EngineProvider {
    /** Below every engine that uses the processor's own virtualization. */
    private static final int PREFERENCE = 0;

    @Override
    public String name() {
        return SoftEngine.NAME;
    }

    @Override
    public int preference() {
        return PREFERENCE;
    }

    @Override
    public EngineReport probe() {
        List<Fact> facts = List.of(
                new Fact("instruction set", "x86-64 in Java, interpreted"),
                new Fact("Java", Runtime.version().toString()),
                new Fact("guest TSC", SoftEngine.TSC_KILOHERTZ / 1000 + " MHz"));
        List<TransportFinding> transports = List.of(
                new TransportFinding(HypercallTransport.VMCALL_INTERCEPTED, true, 0, "every number", true),
                new TransportFinding(HypercallTransport.PORT, true, 0, "", false));
        return new EngineReport(SoftEngine.NAME, true, "an x86-64 machine in pure Java", "", "", facts, transports);
    }

    @Override
    public Engine open() {
        return new SoftEngine();
    }
}
