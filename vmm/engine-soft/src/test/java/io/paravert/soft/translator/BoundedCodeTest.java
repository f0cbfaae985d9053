package io.paravert.soft.translator;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.CodeCache;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Tier;
import io.paravert.soft.vcpu.Translation;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.TranslationStatistics;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A guest that makes code for ever, squeezed: what it no longer has does not stay in the JVM. */
class BoundedCodeTest {
    /** Functions of six bytes, {@code mov eax, n; ret}, this far apart. */
    private static final int STRIDE = 4096;
    /** Calls of each: a page that is written again takes more of them to be translated. */
    private static final int CALLS = 16;

    private static final int FROM = 0x20_0000;
    /** B8, an immediate of four bytes, C3: as a little-endian word of eight. */
    private static final long FUNCTION = 0xc3_0000_0000_b8L;
    /** Classes that the JVM may load meanwhile for itself, and regions in use. */
    private static final int FEW = 200;
    /** Regions after which everything is forgotten; a guest has to make more than these. */
    private static final int REGIONS = 800;

    /** The translator, every region of whose making is remembered weakly. */
    private static final class Remembering implements Tier {
        private final Translator translator = new Translator(Translator.Settings.EAGER, Runnable::run, null, REGIONS);
        private final List<WeakReference<Class<?>>> classes = new ArrayList<>();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public int threshold() {
            return translator.threshold();
        }

        @Override
        public void hot(Core core, Block block) {
            translator.hot(core, block);
            most.accumulateAndGet(core.code.size(), Math::max);
            Translation made = block.translation;
            if (made != null) {
                classes.add(new WeakReference<>(made.getClass()));
            }
        }

        @Override
        public TranslationStatistics statistics(long instructions, CodeCache code) {
            return translator.statistics(instructions, code);
        }

        long alive() {
            return classes.stream().filter(reference -> reference.get() != null).count();
        }
    }

    private final Remembering tier = new Remembering();

    private static long metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .map(MemoryPoolMXBean::getUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }

    /** Writes the function that returns the number in RBX to where RDI points. */
    private static void writeFunction(Assembler a) {
        a.mov(RAX, RBX);
        a.shl(RAX, 8);
        a.mov(RDX, FUNCTION);
        a.or(RAX, RDX);
        a.mov(qword(RDI), RAX);
    }

    /** Calls it so often that it is translated, and adds what it returned to R12. */
    private static void callOften(Assembler a) {
        a.mov(R13D, CALLS);
        Label again = a.here();
        a.call(RDI);
        a.add(R12, RAX);
        a.dec(R13D);
        a.jnz(again);
    }

    private static void writeAndCall(Assembler a, int functions, int places) {
        a.mov(EBX, functions);
        a.xor(R12D, R12D);
        a.mov(EDI, FROM);
        Label next = a.here();
        writeFunction(a);
        callOften(a);
        a.add(EDI, STRIDE);
        Label inside = a.label("inside");
        a.cmp(EDI, FROM + places * STRIDE);
        a.jb(inside);
        a.mov(EDI, FROM);
        a.bind(inside);
        a.dec(EBX);
        a.jnz(next);
        a.hlt();
    }

    private static void writeAllThenCallAll(Assembler a, int functions) {
        a.mov(EBX, functions);
        a.xor(R12D, R12D);
        a.mov(EDI, FROM);
        Label write = a.here();
        writeFunction(a);
        a.add(EDI, STRIDE);
        a.dec(EBX);
        a.jnz(write);
        a.mov(EBX, functions);
        a.mov(EDI, FROM);
        Label call = a.here();
        callOften(a);
        a.add(EDI, STRIDE);
        a.dec(EBX);
        a.jnz(call);
        a.hlt();
    }

    private static long sum(int functions) {
        return CALLS * (long) functions * (functions + 1L) / 2;
    }

    @Test
    void shouldForgetWhatAGuestWritesOver() {
        int functions = 600;
        int places = 300;
        // What the JVM and the test load for themselves.
        runAndClose();
        System.gc();
        long loaded = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
        int now = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
        long used = metaspace();
        try (SoftGuest guest = new SoftGuest(1, InterruptController.MONITOR, () -> tier)) {
            guest.code(a -> writeAndCall(a, functions, places));
            ExitReason end = guest.run();
            while (end == ExitReason.INTERRUPTED) {
                end = guest.run();
            }
            assertThat(end).isEqualTo(ExitReason.HALT);
            assertThat(guest.get(R12)).isEqualTo(sum(functions));
            System.gc();
            // It made a region for each function at least, and each of them a class.
            assertThat(tier.classes).hasSizeGreaterThan(functions);
            assertThat(ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount() - loaded)
                    .isGreaterThan(functions);
            assertThat(tier.alive()).isLessThan(places + FEW);
            assertThat(ManagementFactory.getClassLoadingMXBean().getLoadedClassCount() - now)
                    .isLessThan(places + FEW);
            assertThat(metaspace() - used).isLessThan(4L << 20);
            assertThat(tier.most.get()).isLessThan(places + FEW);
            assertThat(guest.vcpu.translationStatistics().orElseThrow().invalidatedRegions())
                    .isGreaterThan(functions / 3);
        }
    }

    @Test
    void shouldForgetEverythingWhenAGuestHasTooMuch() {
        int functions = 1200;
        try (SoftGuest guest = new SoftGuest(1, InterruptController.MONITOR, () -> tier)) {
            guest.code(a -> writeAllThenCallAll(a, functions));
            ExitReason end = guest.run();
            while (end == ExitReason.INTERRUPTED) {
                end = guest.run();
            }
            assertThat(end).isEqualTo(ExitReason.HALT);
            assertThat(guest.get(R12)).isEqualTo(sum(functions));
            System.gc();
            assertThat(guest.vcpu.translationStatistics().orElseThrow().flushes())
                    .isPositive();
            assertThat(tier.classes).hasSizeGreaterThan(REGIONS);
            assertThat(tier.alive()).isLessThan(REGIONS + 50);
        }
    }

    @Test
    void shouldKeepNothingOfAMachineThatIsClosed() throws InterruptedException {
        runAndClose();
        System.gc();
        // HotSpot's compilers hold what they are at.
        for (int i = 0; i < 300 && tier.alive() != 0; i++) {
            Thread.sleep(100);
            System.gc();
        }
        assertThat(tier.alive()).isZero();
    }

    /** A method of its own, so that no variable holds the machine afterwards; nor does a watchdog. */
    private void runAndClose() {
        try (SoftGuest guest = new SoftGuest(1, InterruptController.MONITOR, () -> tier)) {
            guest.code(a -> writeAndCall(a, 200, 512));
            assertThat(guest.vcpu.run(guest.exit)).isEqualTo(ExitReason.HALT);
            System.gc();
            assertThat(tier.alive()).isPositive();
        }
    }
}
