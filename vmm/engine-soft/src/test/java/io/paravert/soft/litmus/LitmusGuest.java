package io.paravert.soft.litmus;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import io.paravert.soft.Together;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.MachineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A guest that runs a litmus test many times: each vCPU goes through an array of fresh variables; every few rounds they wait for each
 * other, and before each round each of them waits for a random while.
 */
final class LitmusGuest {
    private static final long VARIABLES = 0x40_0000;
    private static final long LOADED = 0xa0_0000;
    private static final long LOADED_BYTES = 0x10_0000;
    private static final long COUNTER = 0xf0_0000;
    private static final int ROUNDS_TOGETHER = 4;
    private static final int SCRATCH_MSR = 0x277;
    private static final Register[] RESULTS = {R8D, R9D, R10D, R11D};
    private static final Register[] RESULT_BYTES = {R8B, R9B, R10B, R11B};

    private final Litmus test;
    private final int rounds;
    /** Bytes between two variables of a round: 64 puts each into a cache line of its own. */
    private final int distance;

    LitmusGuest(Litmus test, int rounds, int distance) {
        this.test = test;
        this.rounds = rounds / ROUNDS_TOGETHER * ROUNDS_TOGETHER;
        this.distance = distance;
        if ((long) this.rounds * stride() > LOADED - VARIABLES || this.rounds * 4L > LOADED_BYTES) {
            throw new IllegalArgumentException(rounds + " rounds do not fit");
        }
    }

    private int stride() {
        return Math.max(64, test.variables() * distance);
    }

    /** How often each outcome came. */
    Map<String, Integer> run(Supplier<Tier> tiers) {
        int vcpus = test.threads().size();
        try (SoftGuest guest = new SoftGuest(vcpus, MachineSpec.InterruptController.MONITOR, tiers)) {
            List<EngineVcpu> all = new ArrayList<>(List.of(guest.vcpu));
            try {
                for (int t = 1; t < vcpus; t++) {
                    all.add(guest.machine.createVcpu(t));
                }
                for (int t = 0; t < vcpus; t++) {
                    load(guest, t, all.get(t));
                }
                Together.run(all);
            } finally {
                all.subList(1, all.size()).forEach(EngineVcpu::close);
            }
            return outcomes(guest);
        }
    }

    private void load(SoftGuest guest, int t, EngineVcpu vcpu) {
        long at = SoftGuest.CODE + 0x1000L * t;
        guest.code(CodeSize.CODE64, at, a -> program(a, t));
        CpuState state = new CpuState();
        SoftGuest.setLongMode(state);
        state.rip = at;
        state.general[RSP.number()] = SoftGuest.STACK - 0x1000L * t;
        state.general[R13.number()] = 0x9e37_79b9L * (t + 1) + System.nanoTime();
        vcpu.writeState(state);
    }

    /** RDI: variables of the round; RSI: where what was loaded goes; RBP: the common counter, R15: what it must reach; R13: random. */
    private void program(Assembler a, int t) {
        a.mov(RDI, VARIABLES);
        a.mov(RSI, LOADED + LOADED_BYTES * t);
        a.mov(RBP, COUNTER);
        a.xor(R15D, R15D);
        a.mov(R14D, rounds / ROUNDS_TOGETHER);
        Label together = a.here();
        a.lock().inc(dword(RBP));
        a.add(R15D, test.threads().size());
        Label wait = a.label();
        Label go = a.label();
        a.bind(wait);
        a.cmp(dword(RBP), R15D);
        a.jae(go);
        a.pause();
        a.jmp(wait);
        a.bind(go);
        a.mov(R12D, ROUNDS_TOGETHER);
        Label round = a.here();
        delay(a);
        body(a, test.threads().get(t));
        a.add(RDI, stride());
        a.add(RSI, RESULTS.length);
        a.dec(R12D);
        a.jnz(round);
        a.dec(R14D);
        a.jnz(together);
        a.hlt();
    }

    private static void delay(Assembler a) {
        Label none = a.label();
        a.imul(R13D, R13D, imm(1103515245));
        a.add(R13D, 12345);
        a.mov(ECX, R13D);
        a.shr(ECX, 16);
        a.and(ECX, 15);
        a.jz(none);
        Label more = a.here();
        a.dec(ECX);
        a.jnz(more);
        a.bind(none);
    }

    private void body(Assembler a, List<Access> thread) {
        int loads = 0;
        for (Access access : thread) {
            if (access instanceof Access.Store store) {
                a.mov(dword(RDI, (long) store.variable() * distance), store.value());
            } else if (access instanceof Access.Load load) {
                a.mov(RESULTS[loads++], dword(RDI, (long) load.variable() * distance));
            } else if (access instanceof Access.Exchange exchange) {
                a.mov(RESULTS[loads], exchange.value());
                a.xchg(dword(RDI, (long) exchange.variable() * distance), RESULTS[loads++]);
            } else if (access instanceof Access.Barrier barrier) {
                barrier(a, barrier.kind());
            }
        }
        for (int i = 0; i < loads; i++) {
            a.mov(byte_(RSI, i), RESULT_BYTES[i]);
        }
    }

    private static void barrier(Assembler a, Access.Kind kind) {
        switch (kind) {
            case MFENCE -> a.mfence();
            case LOCKED_ADD -> a.lock().add(dword(RSP, -64), 0);
            case CPUID -> {
                a.xor(EAX, EAX);
                a.cpuid();
            }
            case INVLPG -> a.invlpg(mem(RSP));
            case MOV_CR3 -> {
                a.mov(RAX, CR3);
                a.mov(CR3, RAX);
            }
            case WRMSR -> {
                a.mov(ECX, SCRATCH_MSR);
                a.rdmsr();
                a.wrmsr();
            }
            case IRET -> {
                Label after = a.label();
                a.mov(RAX, RSP);
                a.push(SoftGuest.DATA0);
                a.push(RAX);
                a.pushfq();
                a.push(SoftGuest.CODE64);
                a.lea(RAX, at(after));
                a.push(RAX);
                a.iretq();
                a.bind(after);
            }
            case IN -> a.in(AL, imm(0x10));
        }
    }

    private Map<String, Integer> outcomes(SoftGuest guest) {
        Map<String, Integer> result = new TreeMap<>();
        for (int round = 0; round < rounds; round++) {
            StringBuilder outcome = new StringBuilder();
            for (int t = 0; t < test.threads().size(); t++) {
                for (int i = 0; i < Litmus.loads(test.threads().get(t)); i++) {
                    int values = guest.get32(LOADED + LOADED_BYTES * t + 4L * round);
                    outcome.append(Integer.toHexString(values >> 8 * i & 0xff));
                }
            }
            outcome.append('/');
            for (int v = 0; v < test.variables(); v++) {
                int value = guest.get32(VARIABLES + (long) round * stride() + (long) v * distance);
                outcome.append(Integer.toHexString(value));
            }
            result.merge(outcome.toString(), 1, Integer::sum);
        }
        return result;
    }
}
