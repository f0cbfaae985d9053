package io.paravert.soft;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.translator.Translator;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Time by instructions: the same guest runs the same way twice, and interpreter and translator in step, whatever cuts its regions. */
class InStepTest {
    private static final long SEED = Long.getLong("paravert.lockstep.seed", 20261125);
    private static final int CUTS = Integer.getInteger("paravert.lockstep.cuts", 3);
    private static final long APIC = 0xfee0_0000L;
    private static final int VECTOR = 0x41;
    private static final int ROUNDS = 20_000;

    /** A guest whose timer interrupts it, whose handler faults, which asks for time and chance, remaps a page and changes its code. */
    private static void interrupted(SoftGuest guest) {
        guest.put64(SoftGuest.PDPT + 3 * 8, 3L << 30 | 0x87);
        long handler = 0x9_0000;
        guest.setGate(VECTOR, handler, 0x8e00, 0);
        guest.code(CodeSize.CODE64, handler, a -> {
            a.push(RAX);
            a.push(RBX);
            a.inc(R8);
            a.imul(R9, R9, imm(31));
            a.add(R9, qword(RSP, 16));
            a.mov(RBX, APIC + 0xb0);
            a.mov(dword(RBX), 0);
            a.ud2();
            a.pop(RBX);
            a.pop(RAX);
            a.iretq();
        });
        long undefined = 0x9_1000;
        guest.setGate(6, undefined, 0x8e00, 0);
        guest.code(CodeSize.CODE64, undefined, a -> {
            a.inc(R10);
            a.add(qword(RSP), 2);
            a.iretq();
        });
        guest.code(InStepTest::body);
        guest.load();
    }

    private static void body(Assembler a) {
        writeApic(a, 0xf0, 0x1ff);
        writeApic(a, 0x3e0, 0b1011);
        writeApic(a, 0x320, 0x20000 | VECTOR);
        writeApic(a, 0x380, 30_000);
        a.xor(R8D, R8D);
        a.xor(R9D, R9D);
        a.xor(R10D, R10D);
        a.mov(RSI, SoftGuest.TABLE + 8 * (DATA + 0x4000 >> 12));
        a.mov(RDI, DATA);
        a.mov(ECX, ROUNDS);
        a.sti();
        Label top = a.here();
        Label even = a.label();
        Label patched = a.label();
        a.rdtsc();
        a.add(R11, RAX);
        a.rdrand(RAX);
        a.xor(R11, RAX);
        a.rol(R11, imm(7));
        a.mov(qword(RDI), R11);
        a.mov(RBX, R11);
        a.and(EBX, 0x1ff8);
        a.add(qword(RDI, RBX, 1, 0), RCX);
        a.test(ECX, 63);
        a.jnz(even);
        a.xor(qword(RSI), 0x1000);
        a.invlpg(mem(RDI, 0x4000));
        a.add(R11, qword(RDI, 0x4000));
        a.bind(even);
        a.test(ECX, 2047);
        Label unchanged = a.label();
        a.jnz(unchanged);
        a.inc(dwordAt(patched).plus(1));
        a.bind(unchanged);
        a.bind(patched);
        a.mov(EAX, 0);
        a.add(R11, RAX);
        Label awake = a.label();
        a.test(ECX, 4095);
        a.jnz(awake);
        a.hlt();
        a.bind(awake);
        a.dec(ECX);
        a.jnz(top);
        a.out(imm(0x80), AL);
    }

    private static void writeApic(Assembler a, int register, int value) {
        a.mov(RBX, APIC + register);
        a.mov(dword(RBX), value);
    }

    private static Supplier<Tier> cut(long seed) {
        Random random = new Random(seed);
        Translator.Settings settings =
                new Translator.Settings(2, 1 + random.nextInt(10), 4 + random.nextInt(100), 1 + random.nextInt(3));
        return () -> new Translator(settings, Runnable::run);
    }

    private static SoftGuest guest(Supplier<Tier> tiers, Meter meter, Consumer<SoftGuest> program) {
        SoftGuest guest = new SoftGuest(1, InterruptController.ENGINE, tiers, meter);
        program.accept(guest);
        return guest;
    }

    @Test
    void runsTheSameWayTwice() {
        try (SoftGuest first = guest(cut(SEED), Meter.PLAIN, InStepTest::interrupted);
                SoftGuest second = guest(cut(SEED), Meter.PLAIN, InStepTest::interrupted)) {
            assertThat(first.run()).isEqualTo(ExitReason.PORT_WRITE);
            assertThat(second.run()).isEqualTo(ExitReason.PORT_WRITE);
            assertThat(second.state.general).isEqualTo(first.state.general);
            assertThat(second.vcpu.readTsc()).isEqualTo(first.vcpu.readTsc()).isPositive();
            assertThat(first.get(R8)).isGreaterThan(10).isEqualTo(first.get(R10));
        }
    }

    @Test
    void interpreterAndTranslatorGoInStep() throws Exception {
        System.out.println("in step: -Dparavert.lockstep.seed=" + SEED);
        for (int i = 0; i < CUTS; i++) {
            InStep steps = new InStep(InStep.Sampling.ALL);
            SoftGuest[] guests = new SoftGuest[2];
            Meter lead = (machine, n) -> steps.lead((SoftVcpu) guests[0].vcpu, machine, n);
            Meter follow = (machine, n) -> steps.follow((SoftVcpu) guests[1].vcpu, machine, n);
            try (SoftGuest translated = guest(cut(SEED + i), lead, InStepTest::interrupted);
                    SoftGuest interpreted = guest(() -> Tier.NONE, follow, InStepTest::interrupted)) {
                guests[0] = translated;
                guests[1] = interpreted;
                CompletableFuture<ExitReason> led = CompletableFuture.supplyAsync(() -> {
                    ExitReason reason = translated.run();
                    steps.ended();
                    return reason;
                });
                assertThat(interpreted.run())
                        .as("seed " + (SEED + i) + ": " + interpreted.exit.failure())
                        .isEqualTo(ExitReason.PORT_WRITE);
                assertThat(led.get(120, TimeUnit.SECONDS)).isEqualTo(ExitReason.PORT_WRITE);
                assertThat(interpreted.state.general).isEqualTo(translated.state.general);
                assertThat(steps.points()).isGreaterThan(ROUNDS);
            }
        }
    }

    /** The comparison can fail: a follower whose memory differs by one bit is found out. */
    @Test
    void findsADifference() throws Exception {
        InStep steps = new InStep(InStep.Sampling.ALL);
        SoftGuest[] guests = new SoftGuest[2];
        Meter lead = (machine, n) -> steps.lead((SoftVcpu) guests[0].vcpu, machine, n);
        Meter follow = (machine, n) -> steps.follow((SoftVcpu) guests[1].vcpu, machine, n);
        try (SoftGuest translated = guest(cut(SEED), lead, InStepTest::interrupted);
                SoftGuest interpreted = guest(() -> Tier.NONE, follow, InStepTest::interrupted)) {
            guests[0] = translated;
            guests[1] = interpreted;
            interpreted.put64(DATA + 0x5000, 1);
            CompletableFuture<ExitReason> led = CompletableFuture.supplyAsync(translated::run);
            assertThat(interpreted.run()).isEqualTo(ExitReason.FAILED);
            assertThat(interpreted.exit.failure()).contains("translated Point");
            translated.vcpu.kick();
            steps.release();
            led.get(120, TimeUnit.SECONDS);
        }
    }
}
