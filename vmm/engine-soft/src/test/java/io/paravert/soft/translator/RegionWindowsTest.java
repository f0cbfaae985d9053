package io.paravert.soft.translator;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.vmm.engine.ExitReason.HALT;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import io.paravert.soft.state.Vector;
import io.paravert.vmm.engine.MachineSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What regions remember of translations of addresses must go when the guest says so. */
class RegionWindowsTest {
    private static final long CR4_SMAP = 1 << 21;
    private static final long DATA = SoftGuest.DATA;
    private static final long ENTRY = SoftGuest.TABLE + 8 * (DATA >> 12);

    private final Translator translator = new Translator(Translator.Settings.EAGER, Runnable::run);
    private final SoftGuest guest = new SoftGuest(1, MachineSpec.InterruptController.MONITOR, () -> translator);

    @AfterEach
    void close() {
        assertThat(translator.counters().entries).isPositive();
        guest.close();
    }

    @Test
    void shouldAccessWhereAPageIsMappedNow() {
        guest.code(a -> {
            a.mov(EDX, 20);
            a.mov(RBX, DATA);
            a.mov(RDI, ENTRY);
            Label outer = a.here();
            a.mov(ECX, 50);
            Label inner = a.here();
            a.inc(qword(RBX));
            a.add(RSI, qword(RBX, 8));
            a.dec(ECX);
            a.jnz(inner);
            a.xor(qword(RDI), 0x1000);
            a.invlpg(mem(RBX));
            a.dec(EDX);
            a.jnz(outer);
            a.hlt();
        });
        guest.put64(DATA + 8, 1);
        guest.put64(DATA + 0x1008, 1000);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get64(DATA)).isEqualTo(500);
        assertThat(guest.get64(DATA + 0x1000)).isEqualTo(500);
        assertThat(guest.get(RSI)).isEqualTo(500 + 500_000);
    }

    /** Every access is outside its window: the region is written again, so that it is not left each time. */
    @Test
    void shouldNotBeLeftForEveryAccessThatWanders() {
        // Eight pages whose order in memory is the reverse of the linear one.
        for (int i = 0; i < 8; i++) {
            guest.put64(ENTRY + 8 * i, DATA + 0x1000L * (7 - i) | 7);
        }
        guest.code(a -> {
            a.mov(ECX, 4000);
            Label loop = a.here();
            a.mov(EAX, ECX);
            a.and(EAX, 7);
            a.shl(EAX, 12);
            a.add(dword(RAX, (int) DATA), 1);
            a.dec(ECX);
            a.jnz(loop);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        for (int i = 0; i < 8; i++) {
            assertThat(guest.get64(DATA + 0x1000 * i)).isEqualTo(500);
        }
        assertThat(translator.counters().missed).isBetween(64L, 600L);
    }

    /** Misses that are rare are not worth another translation. */
    @Test
    void shouldLeaveForAnAccessOutsideItsWindow() {
        guest.code(a -> {
            a.mov(EDX, 100);
            Label outer = a.here();
            a.mov(ECX, 20_000);
            a.mov(RBX, DATA);
            Label inner = a.here();
            a.inc(qword(RBX));
            a.dec(ECX);
            a.jnz(inner);
            // Across pages, where no window reaches.
            a.inc(qword(RBX, 0xffc));
            a.dec(EDX);
            a.jnz(outer);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get64(DATA)).isEqualTo(2_000_000);
        assertThat(guest.get64(DATA + 0xffc)).isEqualTo(100);
        assertThat(translator.counters().missed).isPositive();
        assertThat(translator.counters().regions).isLessThan(20);
    }

    @Test
    void shouldReadOverPagesThatLieApartInMemory() {
        // Linear pages in turn; the second and third are exchanged in memory.
        guest.put64(ENTRY + 8, DATA + 0x2000 | 7);
        guest.put64(ENTRY + 16, DATA + 0x1000 | 7);
        long expected = 0;
        for (int i = 0; i < 0x4000; i += 8) {
            guest.put64(DATA + i, i * 31L);
            expected += i * 31L;
        }
        guest.code(a -> {
            a.mov(EDX, 3);
            Label outer = a.here();
            a.mov(RBX, DATA);
            a.mov(ECX, 0x800);
            Label inner = a.here();
            a.add(RSI, qword(RBX));
            a.add(RBX, 8);
            a.dec(ECX);
            a.jnz(inner);
            a.dec(EDX);
            a.jnz(outer);
            // Across the pages' ends.
            a.mov(RBX, DATA + 0xffc);
            a.mov(ECX, 100);
            Label across = a.here();
            a.mov(RDI, qword(RBX));
            a.mov(qword(RBX), RDI);
            a.dec(ECX);
            a.jnz(across);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RSI)).isEqualTo(3 * expected);
        assertThat(guest.get(RDI)).isEqualTo(guest.get64(DATA + 0xff8) >>> 32 | guest.get64(DATA + 0x2000) << 32);
    }

    @Test
    void shouldForbidUserPagesAgainAfterClac() {
        for (int i = 0; i < 512; i++) {
            boolean user = i == DATA >> 12;
            guest.put64(SoftGuest.TABLE + 8 * i, (long) i << 12 | (user ? 7 : 3));
        }
        guest.state.cr4 |= CR4_SMAP;
        guest.load();
        long other = DATA + 0x3000;
        guest.code(a -> {
            a.mov(ECX, 100);
            a.mov(RBX, DATA);
            a.mov(RSI, other);
            Label loop = a.here();
            a.stac();
            a.mov(RAX, qword(RBX));
            a.clac();
            // The last time it is the user's page.
            a.cmp(ECX, 1);
            a.cmove(RSI, RBX);
            a.mov(RDX, qword(RSI));
            a.dec(ECX);
            a.jnz(loop);
            a.hlt();
        });
        guest.run();
        assertThat(guest.vector()).isEqualTo(Vector.PF);
        assertThat(guest.state.cr2).isEqualTo(DATA);
        assertThat(guest.get(RCX)).isEqualTo(1);
    }
}
