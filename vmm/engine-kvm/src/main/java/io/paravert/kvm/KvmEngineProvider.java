package io.paravert.kvm;

import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;

/** The service that offers KVM to core. */
public final class KvmEngineProvider implements EngineProvider {
    static final String NAME = "kvm";

    /** Hardware before software. */
    private static final int PREFERENCE = 100;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int preference() {
        return PREFERENCE;
    }

    @Override
    public EngineReport probe() {
        return KvmReport.measure();
    }

    @Override
    public Engine open() {
        return KvmEngine.open();
    }
}
