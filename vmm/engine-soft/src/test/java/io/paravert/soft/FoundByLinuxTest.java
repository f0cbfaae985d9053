package io.paravert.soft;

import static io.paravert.isa.Register.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.MachineSpec.InterruptController;
import org.junit.jupiter.api.Test;

/** What the boot of a Debian kernel stumbled over. */
class FoundByLinuxTest {
    @Test
    void shouldScanWhereTheCountOfTrailingZerosIsNotThere() {
        try (SoftGuest guest = new SoftGuest()) {
            guest.execute(a -> {
                a.mov(RBX, 0x50);
                a.db(0xf3, 0x48, 0x0f, 0xbc, 0xcb);
                a.hlt();
            });
            assertThat(guest.get(RCX)).isEqualTo(4);
            assertThat(guest.vector()).isEqualTo(-1);
        }
    }

    @Test
    void shouldTakeBranchMarksAndShadowStackReadsForNothing() {
        try (SoftGuest guest = new SoftGuest()) {
            guest.execute(a -> {
                a.mov(RAX, 7);
                a.db(0xf3, 0x0f, 0x1e, 0xfa);
                a.db(0xf3, 0x0f, 0x1e, 0xfb);
                a.db(0xf3, 0x48, 0x0f, 0x1e, 0xc8);
                a.hlt();
            });
            assertThat(guest.vector()).isEqualTo(-1);
            assertThat(guest.get(RAX)).isEqualTo(7);
        }
    }

    /** Found by Xen, which restores floating-point registers when they are used first. */
    @Test
    void shouldLetCltsAllowFloatingPointAgain() {
        try (SoftGuest guest = new SoftGuest()) {
            guest.execute(a -> {
                a.db(0x0f, 0x20, 0xc0); // mov rax, cr0
                a.db(0x48, 0x83, 0xc8, 0x08); // or rax, TS
                a.db(0x0f, 0x22, 0xc0); // mov cr0, rax
                a.db(0x0f, 0x06); // clts
                a.db(0xdb, 0xe2); // fnclex
                a.mov(RBX, 7);
                a.hlt();
            });
            assertThat(guest.vector()).isEqualTo(-1);
            assertThat(guest.get(RBX)).isEqualTo(7);
        }
    }

    @Test
    void shouldLetAGuestMaskTheTimerOfItsLocalApic() {
        try (SoftGuest guest = new SoftGuest(1, InterruptController.ENGINE)) {
            guest.vcpu.writeMsr(0x1b, 0xfee0_0d00L);
            guest.vcpu.writeMsr(0x80f, 0x1ff);
            guest.vcpu.writeMsr(0x832, 0xec);
            guest.vcpu.writeMsr(0x832, 0x1_00ec);
            assertThat(guest.vcpu.readMsr(0x832)).isEqualTo(0x1_00ec);
        }
    }

    @Test
    void shouldShowTheRegistersThatAnAmdKernelReadsUnguarded() {
        try (SoftGuest guest = new SoftGuest(1, InterruptController.ENGINE)) {
            assertThat(guest.vcpu.readMsr(0xc001_0015)).isEqualTo(1 << 24);
            assertThat(guest.vcpu.readMsr(0xc001_0010)).isZero();
            assertThat(guest.vcpu.readMsr(0x2ff)).isEqualTo(0x806);
            guest.vcpu.writeMsr(0xc001_001f, 1L << 46);
        }
    }
}
