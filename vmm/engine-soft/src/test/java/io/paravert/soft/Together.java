package io.paravert.soft;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Assembler;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.VcpuExit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Runs several vCPUs of a guest at once, each on a thread of its own, until each has come to its HLT. */
public final class Together {
    private static final long DEADLINE_SECONDS = 300;
    /** Bytes between two vCPUs' programs, and between their stacks. */
    private static final long APART = 0x1000;

    private Together() {}

    /** One program for each vCPU of the guest, which was made for so many. */
    public static void run(SoftGuest guest, List<Consumer<Assembler>> programs) {
        List<EngineVcpu> all = new ArrayList<>(List.of(guest.vcpu));
        try {
            for (int i = 0; i < programs.size(); i++) {
                if (i > 0) {
                    all.add(guest.machine.createVcpu(i));
                }
                long at = SoftGuest.CODE + APART * i;
                Consumer<Assembler> program = programs.get(i);
                guest.code(CodeSize.CODE64, at, a -> {
                    program.accept(a);
                    a.hlt();
                });
                CpuState state = new CpuState();
                SoftGuest.setLongMode(state);
                state.rip = at;
                state.general[Register.RSP.number()] = SoftGuest.STACK - APART * i;
                all.get(i).writeState(state);
            }
            run(all);
        } finally {
            all.subList(1, all.size()).forEach(EngineVcpu::close);
        }
    }

    /** vCPUs that are about to run; a port read makes one leave and go on. */
    public static void run(List<EngineVcpu> vcpus) {
        AtomicBoolean halted = new AtomicBoolean(true);
        List<Thread> threads = new ArrayList<>();
        for (EngineVcpu vcpu : vcpus) {
            Thread thread = new Thread(() -> {
                VcpuExit exit = new VcpuExit();
                ExitReason reason = vcpu.run(exit);
                while (reason == ExitReason.PORT_READ) {
                    reason = vcpu.run(exit);
                }
                if (reason != ExitReason.HALT) {
                    halted.set(false);
                }
            });
            thread.start();
            threads.add(thread);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
            vcpus.forEach(EngineVcpu::kick);
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (!halted.get()) {
            throw new AssertionError("a vCPU did not come to its HLT");
        }
    }
}
