package io.paravert.soft.directed;

import io.paravert.soft.SoftGuest;
import io.paravert.soft.translator.Translator;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.MachineSpec;
import java.util.function.Supplier;

/** What runs a guest. The translator takes every block that runs twice. */
enum Runner {
    INTERPRETER(() -> Tier.NONE),
    TRANSLATOR(() -> new Translator(Translator.Settings.EAGER, Runnable::run));

    private final Supplier<Tier> tiers;

    Runner(Supplier<Tier> tiers) {
        this.tiers = tiers;
    }

    SoftGuest guest() {
        return guest(1);
    }

    SoftGuest guest(int vcpus) {
        return new SoftGuest(vcpus, MachineSpec.InterruptController.MONITOR, tiers);
    }
}
