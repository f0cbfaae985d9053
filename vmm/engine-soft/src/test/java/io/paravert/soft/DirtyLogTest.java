package io.paravert.soft;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.vmm.engine.ExitReason.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.vmm.engine.DirtyLog;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The dirty log reports each page that was written between two looks, and no other. */
class DirtyLogTest {
    private static final int PAGE = 4096;
    private static final long AREA = 0x40_0000;
    private static final int PAGES = 256;

    private SoftGuest guest = new SoftGuest();
    private DirtyLog log = guest.machine.dirtyLog().orElseThrow();

    @AfterEach
    void close() {
        guest.close();
    }

    private static BitSet pages(long... addresses) {
        BitSet all = new BitSet();
        Arrays.stream(addresses).forEach(address -> all.set((int) (address / PAGE)));
        return all;
    }

    /** Written pages of AREA; others hold tables and code. */
    private BitSet collectArea() {
        BitSet all = log.collect(0);
        return all.get((int) (AREA / PAGE), (int) (AREA / PAGE) + PAGES);
    }

    @Test
    void shouldReportThePagesWrittenByEachKindOfStore() {
        long second = AREA + 16 * PAGE;
        guest.code(a -> {
            a.mov(RDI, AREA);
            a.mov(byte_(RDI), 1);
            a.mov(dword(RDI, 2 * PAGE - 2), 1);
            a.lock().inc(qword(RDI, 4 * PAGE));
            a.lock().inc(qword(RDI, 6 * PAGE + 4));
            a.mov(RDI, second);
            a.mov(ECX, PAGE + 8);
            a.rep().stosb();
            a.mov(RAX, qword(RDI, 4 * PAGE));
            a.out(0x10, AL);
            a.mov(RDI, AREA);
            a.mov(byte_(RDI), 2);
            a.hlt();
        });
        log.setEnabled(0, true);
        assertThat(guest.run()).isEqualTo(PORT_WRITE);
        assertThat(collectArea()).isEqualTo(pages(0, PAGE, 2 * PAGE, 4 * PAGE, 6 * PAGE, 16 * PAGE, 17 * PAGE));
        assertThat(log.collect(0).isEmpty()).isTrue();
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(collectArea()).isEqualTo(pages(0));
    }

    /** Accessed and dirty bits are stores of the processor's. */
    @Test
    void shouldReportPageTablesWhoseBitsAreSet() {
        guest.code(a -> {
            a.mov(RDI, AREA);
            a.mov(RAX, qword(RDI));
            a.out(0x10, AL);
            a.mov(qword(RDI), RAX);
            a.hlt();
        });
        guest.run();
        log.setEnabled(0, true);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(log.collect(0)).isEqualTo(pages(SoftGuest.DIRECTORY, AREA));
    }

    @Test
    void shouldRefuseALookAtWhatIsNotLogged() {
        assertThatThrownBy(() -> log.collect(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.collect(AREA)).isInstanceOf(IllegalArgumentException.class);
        log.setEnabled(0, true);
        log.setEnabled(0, false);
        assertThatThrownBy(() -> log.collect(0)).isInstanceOf(IllegalStateException.class);
    }

    /**
     * As a live migration does: while two vCPUs write pages at random, pages that the log names are copied again and again. When all
     * has come to rest, one more round makes the copy equal.
     */
    @Test
    void shouldLetACopyFollowTwoVcpusThatWrite() throws InterruptedException {
        guest.close();
        guest = new SoftGuest(2);
        log = guest.machine.dirtyLog().orElseThrow();
        long[] copy = new long[PAGES];
        log.setEnabled(0, true);
        AtomicBoolean ended = new AtomicBoolean();
        Thread writers = new Thread(() -> {
            Together.run(guest, List.of(a -> writePages(a, 12_345), a -> writePages(a, 987)));
            ended.set(true);
        });
        writers.start();
        int looks = 0;
        while (!ended.get()) {
            copyWritten(copy);
            looks++;
        }
        writers.join();
        copyWritten(copy);
        assertThat(looks).isPositive();
        for (int i = 0; i < PAGES; i++) {
            assertThat(copy[i]).as("page " + i).isEqualTo(guest.get64(AREA + (long) i * PAGE));
        }
        assertThat(Arrays.stream(copy).sum()).isEqualTo(2 * 300_000);
    }

    /** Adds 1 to a page's first word, 300,000 times, each page chosen by a generator of random numbers. */
    private static void writePages(Assembler a, int seed) {
        a.mov(EBX, seed);
        a.mov(ECX, 300_000);
        Label top = a.here();
        a.imul(EBX, EBX, 1_103_515_245);
        a.add(EBX, 12_345);
        a.mov(EAX, EBX);
        a.shr(EAX, 16);
        a.and(EAX, PAGES - 1);
        a.shl(EAX, 12);
        a.lock().inc(qword(RAX, AREA));
        a.dec(ECX);
        a.jnz(top);
    }

    private void copyWritten(long[] copy) {
        BitSet written = collectArea();
        for (int i = written.nextSetBit(0); i >= 0; i = written.nextSetBit(i + 1)) {
            copy[i] = guest.get64(AREA + (long) i * PAGE);
        }
    }
}
