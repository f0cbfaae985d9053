package io.paravert.soft;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.translator.Translator;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.VcpuExit;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Exchanger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How long a kick takes to get a vCPU out of guest code that does nothing to help: {@code tools/kick-latency [KICKS]}. By the clock, and by
 * the processor time that the vCPU's thread took until then, which other load does not change.
 */
public final class KickLatency {
    private static final int WARM_UP = 200;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private KickLatency() {}

    private static Map<String, Consumer<Assembler>> loops() {
        Map<String, Consumer<Assembler>> all = new LinkedHashMap<>();
        all.put("JMP to itself", a -> a.jmp(a.here()));
        all.put("INC, JMP", a -> {
            Label top = a.here();
            a.inc(RAX);
            a.jmp(top);
        });
        all.put("load, store, JMP", a -> {
            a.mov(RDI, SoftGuest.DATA);
            Label top = a.here();
            a.inc(qword(RDI));
            a.jmp(top);
        });
        all.put("HLT", a -> {
            a.cli();
            a.hlt();
        });
        all.put("REP LODSB of 2^40", a -> string(a, () -> a.rep().lodsb()));
        all.put("REP STOSB of 2^40", a -> string(a, () -> a.rep().stosb()));
        all.put("REP MOVSQ of 2^40", a -> string(a, () -> a.rep().movsq()));
        return all;
    }

    /** Over the same 2 MiB again and again: the linear addresses of a GiB are mapped, and the string is begun anew before its end. */
    private static void string(Assembler a, Runnable repeated) {
        Label top = a.here();
        a.mov(RDI, 0x20_0000);
        a.mov(RSI, 0x20_0000);
        a.mov(RCX, 1L << 40);
        repeated.run();
        a.jmp(top);
    }

    public static void main(String[] args) throws Exception {
        int kicks = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        System.out.printf(
                "%-11s %-20s %30s   %30s%n", "us, " + kicks + " kicks", "", "by the clock", "by processor time");
        System.out.printf("%-32s", "");
        System.out.printf("%10s %10s %10s   %10s %10s %10s%n", "median", "99 %", "most", "median", "99 %", "most");
        for (boolean translated : new boolean[] {false, true}) {
            Supplier<Tier> tiers =
                    translated ? () -> new Translator(Translator.Settings.USUAL, Runnable::run) : () -> Tier.NONE;
            for (Map.Entry<String, Consumer<Assembler>> loop : loops().entrySet()) {
                long[][] times = measure(tiers, loop.getValue(), kicks);
                System.out.printf("%-11s %-20s", translated ? "translated" : "interpreted", loop.getKey());
                for (long[] sorted : times) {
                    System.out.printf(
                            "%10.1f %10.1f %10.1f   ",
                            sorted[kicks / 2] / 1e3, sorted[kicks * 99 / 100] / 1e3, sorted[kicks - 1] / 1e3);
                }
                System.out.println();
            }
        }
    }

    private static long[][] measure(Supplier<Tier> tiers, Consumer<Assembler> loop, int kicks) throws Exception {
        Random random = new Random(1);
        long[][] times = new long[2][kicks];
        Exchanger<long[]> returned = new Exchanger<>();
        try (SoftGuest guest = new SoftGuest(1, InterruptController.ENGINE, tiers)) {
            // A GiB of addresses, all of them one and the same 2 MiB.
            for (int i = 1; i < 512; i++) {
                guest.put64(SoftGuest.DIRECTORY + 8 * i, 0x20_0087);
            }
            guest.code(loop);
            Thread thread = new Thread(() -> serve(guest, kicks + WARM_UP, returned), "vcpu");
            thread.start();
            for (int i = -WARM_UP; i < kicks; i++) {
                Thread.sleep(1 + random.nextInt(3), random.nextInt(999_999));
                long used = THREADS.getThreadCpuTime(thread.getId());
                long from = System.nanoTime();
                guest.vcpu.kick();
                long[] ended = returned.exchange(new long[0]);
                if (i >= 0) {
                    times[0][i] = ended[0] - from;
                    times[1][i] = ended[1] - used;
                }
            }
            thread.join();
        }
        Arrays.sort(times[0]);
        Arrays.sort(times[1]);
        return times;
    }

    private static void serve(SoftGuest guest, int runs, Exchanger<long[]> returned) {
        VcpuExit exit = new VcpuExit();
        try {
            for (int i = 0; i < runs; i++) {
                guest.vcpu.run(exit);
                returned.exchange(new long[] {System.nanoTime(), THREADS.getCurrentThreadCpuTime()});
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
