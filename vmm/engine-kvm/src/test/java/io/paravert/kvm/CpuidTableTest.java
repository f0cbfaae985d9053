package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.MachineSpec.CpuidEntry;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuidTableTest {
    private static final int KVM_SIGNATURE = 0x4b4d564b;

    private static final List<CpuidLeaf> SUPPORTED = List.of(
            new CpuidLeaf(0, 0, 0, 0x1f, 0x68747541, 0x444d4163, 0x69746e65),
            new CpuidLeaf(1, 0, 0, 0x123, 0x07_08_08_00, 1 << 21 | 1 << 24 | 1, 1 << 9 | 1 << 28 | 1),
            new CpuidLeaf(4, 0, 1, 0xffff_c121, 1, 2, 3),
            new CpuidLeaf(4, 3, 1, 0xffff_c163, 1, 2, 3),
            new CpuidLeaf(7, 0, 1, 0, 42, 0, 0),
            new CpuidLeaf(0xb, 0, 1, 1, 2, 0x100, 7),
            new CpuidLeaf(0x1f, 0, 1, 1, 2, 0x100, 7),
            new CpuidLeaf(0x4000_0000, 0, 0, 0x4000_0001, KVM_SIGNATURE, 0x564b4d56, 0x4d),
            new CpuidLeaf(0x4000_0001, 0, 0, 0x0100_7efb, 0, 0, 0),
            new CpuidLeaf(0x8000_0001, 0, 0, 0, 0, 2, 1 << 9),
            new CpuidLeaf(0x8000_0008, 0, 0, 0x3030, 0, 0x700f, 0),
            new CpuidLeaf(0x8000_001e, 0, 0, 7, 0x103, 1, 0));

    private static List<CpuidLeaf> table(InterruptController controller, int vcpus, int id, CpuidEntry... given) {
        MachineSpec spec = new MachineSpec("t", vcpus, controller, HypercallTransport.PORT, List.of(given));
        return CpuidTable.of(SUPPORTED, true, spec, id);
    }

    private static CpuidLeaf leaf(List<CpuidLeaf> table, int function, int index) {
        List<CpuidLeaf> found = table.stream()
                .filter(l -> l.function() == function && l.index() == index)
                .toList();
        assertThat(found).as("leaf %x.%d", function, index).hasSize(1);
        return found.get(0);
    }

    @Test
    void shouldGiveEachVcpuItsOwnApicId() {
        List<CpuidLeaf> table = table(InterruptController.ENGINE, 3, 2);
        assertThat(leaf(table, 1, 0).ebx()).isEqualTo(0x02_04_08_00);
        assertThat(leaf(table, 0xb, 0).edx()).isEqualTo(2);
        assertThat(leaf(table, 0xb, 1))
                .extracting(CpuidLeaf::eax, CpuidLeaf::ebx, CpuidLeaf::edx)
                .containsExactly(2, 3, 2);
        assertThat(leaf(table, 0x8000_001e, 0).eax()).isEqualTo(2);
        assertThat(leaf(table, 0x8000_0008, 0).ecx()).isEqualTo(0x2002);
        assertThat(table).noneMatch(l -> l.function() == 0x1f);
    }

    @Test
    void shouldShowOnePackageWithoutThreadsWhereThereIsOneVcpu() {
        List<CpuidLeaf> table = table(InterruptController.MONITOR, 1, 0);
        assertThat(leaf(table, 1, 0).edx() & 1 << 28).isZero();
        assertThat(leaf(table, 1, 0).ebx() >>> 16).isEqualTo(1);
        assertThat(leaf(table, 4, 0).eax() >>> 14).isZero();
        assertThat(leaf(table, 0x8000_0001, 0).ecx() & 2).isZero();
    }

    @Test
    void shouldLetOnlyTheLastCachesBeShared() {
        List<CpuidLeaf> table = table(InterruptController.ENGINE, 4, 0);
        assertThat(leaf(table, 4, 0).eax() >>> 14 & 0xfff).isZero();
        assertThat(leaf(table, 4, 3).eax() >>> 14 & 0xfff).isEqualTo(3);
        assertThat(leaf(table, 4, 3).eax() >>> 26).isEqualTo(3);
    }

    @Test
    void shouldHideTheLocalApicWhereTheMonitorInjects() {
        List<CpuidLeaf> table = table(InterruptController.MONITOR, 2, 0);
        assertThat(leaf(table, 1, 0).edx() & 1 << 9).isZero();
        assertThat(leaf(table, 1, 0).ecx() & (1 << 21 | 1 << 24)).isZero();
        assertThat(leaf(table, 0x8000_0001, 0).edx() & 1 << 9).isZero();
    }

    @Test
    void shouldShowTheLocalApicOfTheKernel() {
        CpuidLeaf features = leaf(table(InterruptController.ENGINE, 2, 0), 1, 0);
        assertThat(features.edx() & 1 << 9).isNotZero();
        assertThat(features.ecx() & (1 << 21 | 1 << 24)).isEqualTo(1 << 21 | 1 << 24);
        assertThat(features.ecx()).as("hypervisor present").isNegative();
    }

    @Test
    void shouldNeverShowKvmsOwnSignatureInTheFirstPlace() {
        assertThat(table(InterruptController.MONITOR, 1, 0)).noneMatch(l -> l.ebx() == KVM_SIGNATURE);
        List<CpuidLeaf> table = table(InterruptController.ENGINE, 1, 0);
        assertThat(table).noneMatch(l -> l.function() == 0x4000_0000);
        assertThat(leaf(table, 0x4000_0100, 0))
                .extracting(CpuidLeaf::eax, CpuidLeaf::ebx)
                .containsExactly(0x4000_0101, KVM_SIGNATURE);
        assertThat(leaf(table, 0x4000_0101, 0).eax())
                .as("features that need no hypercall")
                .isEqualTo(1 << 1 | 1 << 3 | 1 << 6 | 1 << 24);
    }

    @Test
    void shouldLetTheMonitorsLeavesWin() {
        List<CpuidLeaf> table = table(
                InterruptController.ENGINE,
                1,
                0,
                new CpuidEntry(0x4000_0000, 1, 2, 3, 4),
                new CpuidEntry(0x4000_0100, 5, 6, 7, 8),
                new CpuidEntry(7, 9, 9, 9, 9));
        assertThat(leaf(table, 0x4000_0000, 0).ebx()).isEqualTo(2);
        assertThat(leaf(table, 0x4000_0100, 0).ebx()).isEqualTo(6);
        assertThat(leaf(table, 7, 0).ebx()).isEqualTo(9);
        assertThat(table).noneMatch(l -> l.function() == 0x4000_0101);
    }
}
