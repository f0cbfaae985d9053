package io.paravert.soft.translator;

import static io.paravert.isa.asm.Addresses.dword;
import static io.paravert.isa.asm.Addresses.mem;
import static io.paravert.isa.asm.Addresses.xmmword;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Register;
import io.paravert.memory.RawMemory;
import io.paravert.soft.SoftGuest;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.MachineSpec;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random loops, run by the interpreter alone and by the translator at once, leave the same registers, flags and memory. */
class LockstepTest {
    private static final int PROGRAMS = Integer.getInteger("paravert.lockstep.programs", 300);
    private static final long SEED = Long.getLong("paravert.lockstep.seed", 20261125);
    private static final int DATA_BYTES = 0x8000;
    private static final long DATA = SoftGuest.DATA;

    /** Room outside what random code reaches, and code that gives registers and takes them. */
    private static final long VECTORS = 0x17_0000;

    private static final long SNIPPET = 0x17_2000;

    private long entries;
    private long faults;
    private long missed;

    @Test
    void shouldDoWhatTheInterpreterDoes() {
        System.out.println("lockstep: -Dparavert.lockstep.seed=" + SEED);
        for (int i = 0; i < PROGRAMS; i++) {
            compare(SEED + i);
        }
        assertThat(entries).isGreaterThan(PROGRAMS);
        assertThat(faults).isGreaterThan(PROGRAMS / 60);
        assertThat(missed).isGreaterThan(PROGRAMS / 2);
    }

    private void compare(long seed) {
        Random random = new Random(seed);
        byte[] code = new RandomCode(random).loop(1 + random.nextInt(30));
        Translator.Settings cut =
                new Translator.Settings(2, 1 + random.nextInt(10), 4 + random.nextInt(100), 1 + random.nextInt(3));
        long registers = random.nextLong();
        Translator translator = new Translator(cut, Runnable::run);
        translator.neverLeave(random.nextInt(3) == 0);
        try (SoftGuest interpreted = new SoftGuest(1, MachineSpec.InterruptController.MONITOR, () -> Tier.NONE);
                SoftGuest translated = new SoftGuest(1, MachineSpec.InterruptController.MONITOR, () -> translator)) {
            run(interpreted, code, registers);
            run(translated, code, registers);
            String what = "seed " + seed + ", code " + HexFormat.of().formatHex(code);
            assertSameState(interpreted.state, translated.state, what);
            assertThat(translated.vector()).as(what).isEqualTo(interpreted.vector());
            assertThat(bytes(translated, DATA, DATA_BYTES)).as(what).isEqualTo(bytes(interpreted, DATA, DATA_BYTES));
            long frame = SoftGuest.STACK - 0x1000;
            assertThat(bytes(translated, frame, 0x1000)).as(what).isEqualTo(bytes(interpreted, frame, 0x1000));
            assertThat(vectors(translated)).as("vectors of " + what).isEqualTo(vectors(interpreted));
            entries += translator.counters().entries;
            faults += translator.counters().faults;
            missed += translator.counters().missed;
        }
    }

    private static void run(SoftGuest guest, byte[] code, long registers) {
        prepareVectors(guest, registers);
        // Loops cross a page's end.
        long at = SoftGuest.CODE + 0xff0 - (registers & 0x3f);
        RawMemory.write(guest.host(at), code, 0, code.length);
        Random random = new Random(registers);
        for (int i = 0; i < DATA_BYTES; i += 8) {
            guest.put64(DATA + i, RandomCode.word(random));
        }
        for (int i = 0; i < 16; i++) {
            guest.state.general[i] = random.nextLong();
        }
        guest.state.general[3] = DATA + 0x1000 + random.nextInt(16);
        guest.state.general[4] = SoftGuest.STACK;
        guest.state.general[5] = DATA + 0x1ffa;
        guest.state.general[13] = DATA + 0x7e00 + 8 * random.nextInt(32);
        guest.state.general[14] = DATA + 0x3000 + 16 * random.nextInt(16);
        guest.state.general[15] = 20 + random.nextInt(100);
        // The page behind the data is not there.
        guest.put64(SoftGuest.TABLE + 8 * (DATA + DATA_BYTES >> 12), 0);
        guest.state.rip = at;
        guest.load();
        guest.run();
    }

    /** Fills XMM registers and MXCSR. */
    private static void prepareVectors(SoftGuest guest, long registers) {
        Random random = new Random(~registers);
        for (int i = 0; i < 32; i++) {
            guest.put64(VECTORS + 8 * i, RandomCode.word(random));
        }
        int[] controls = {0x1f80, 0x1fa0, 0x1fa0, 0x1fbf, 0x3f80, 0x9fe0, 0x1f80 & ~(1 << 7 + random.nextInt(6))};
        guest.put32(VECTORS + 256, controls[random.nextInt(controls.length)]);
        guest.code(CodeSize.CODE64, SNIPPET, a -> {
            for (int i = 0; i < 16; i++) {
                a.movups(xmm(i), xmmword(VECTORS + 16 * i));
            }
            a.ldmxcsr(dword(VECTORS + 256));
            a.hlt();
        });
        guest.state.rip = SNIPPET;
        guest.load();
        guest.run();
    }

    private static Register xmm(int i) {
        return Register.vector(i, 128);
    }

    /** The image of XMM registers and MXCSR. */
    private static byte[] vectors(SoftGuest guest) {
        guest.code(CodeSize.CODE64, SNIPPET, a -> {
            a.fxsave(mem(VECTORS));
            a.hlt();
        });
        guest.state.rip = SNIPPET;
        guest.load();
        guest.run();
        return bytes(guest, VECTORS, 512);
    }

    static void assertSameState(CpuState expected, CpuState actual, String what) {
        assertThat(actual.general).as(what).isEqualTo(expected.general);
        assertThat(actual.rip).as("RIP of " + what).isEqualTo(expected.rip);
        assertThat(actual.rflags).as("RFLAGS of " + what).isEqualTo(expected.rflags);
        assertThat(actual.cr2).as("CR2 of " + what).isEqualTo(expected.cr2);
    }

    static byte[] bytes(SoftGuest guest, long at, int length) {
        byte[] result = new byte[length];
        RawMemory.read(guest.host(at), result, 0, length);
        return result;
    }
}
