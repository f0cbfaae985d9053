package io.paravert.kvm;

import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.PagingTechnique;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Which paging technique the kernel's KVM module was loaded with: nobody can choose per machine. */
final class KernelPaging {
    private static final Map<String, String> PARAMETERS = Map.of("kvm_amd", "npt", "kvm_intel", "ept");
    private static final Path MODULES = Path.of("/sys/module");

    private KernelPaging() {}

    /** @throws EngineException unless machines here get what is asked for */
    static void require(PagingTechnique wanted) {
        if (wanted == PagingTechnique.ENGINE_CHOICE) {
            return;
        }
        Optional<PagingTechnique> has = read(MODULES);
        if (has.isEmpty() || has.get() != wanted) {
            throw new EngineException(
                    "KVM cannot give this machine " + wanted + " paging: the kernel module has "
                            + has.map(PagingTechnique::name).orElse("its own"),
                    "use --engine soft, or load kvm_amd with npt=0 or 1 (kvm_intel: ept)");
        }
    }

    /** What the parameter of the loaded module says; empty for other modules, as kvm_pvm. */
    static Optional<PagingTechnique> read(Path modules) {
        for (Map.Entry<String, String> module : PARAMETERS.entrySet()) {
            Path parameter =
                    modules.resolve(module.getKey()).resolve("parameters").resolve(module.getValue());
            try {
                String value = Files.readString(parameter).strip();
                boolean on = value.equals("Y") || value.equals("1");
                return Optional.of(on ? PagingTechnique.TWO_DIMENSIONAL : PagingTechnique.SHADOW);
            } catch (IOException e) {
                // This module is not the one that is loaded: try the next.
            }
        }
        return Optional.empty();
    }
}
