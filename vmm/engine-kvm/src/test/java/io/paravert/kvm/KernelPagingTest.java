package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.PagingTechnique;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelPagingTest {
    @TempDir
    Path modules;

    private void parameter(String module, String name, String value) throws IOException {
        Path folder = Files.createDirectories(modules.resolve(module).resolve("parameters"));
        Files.writeString(folder.resolve(name), value + "\n");
    }

    @Test
    void shouldReadNestedPagingOfAmdsModule() throws IOException {
        parameter("kvm_amd", "npt", "Y");
        assertThat(KernelPaging.read(modules)).contains(PagingTechnique.TWO_DIMENSIONAL);
    }

    @Test
    void shouldReadThatNestedPagingIsOff() throws IOException {
        parameter("kvm_amd", "npt", "0");
        assertThat(KernelPaging.read(modules)).contains(PagingTechnique.SHADOW);
    }

    @Test
    void shouldReadIntelsParameter() throws IOException {
        parameter("kvm_intel", "ept", "1");
        assertThat(KernelPaging.read(modules)).contains(PagingTechnique.TWO_DIMENSIONAL);
    }

    @Test
    void shouldNotKnowOtherModules() {
        assertThat(KernelPaging.read(modules)).isEmpty();
    }
}
