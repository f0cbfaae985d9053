package io.paravert.soft.directed;

import static io.paravert.isa.Register.*;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.vmm.engine.ExitReason.HALT;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Feature;
import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.asm.Assembler;
import io.paravert.soft.SoftGuest;
import io.paravert.vmm.engine.CpuState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CPUID says exactly what is there, as a guest sees it: one form of every instruction behind a feature bit is executed. */
class CpuidTest {
    private static final int UD = 6;
    /** PAE, OSFXSR, OSXMMEXCPT, UMIP left out; FSGSBASE, OSXSAVE. */
    private static final long CR4 = 0x6a0 | 1 << 16 | 1 << 18;

    private static final long PROGRAM = 0x2f_0000;

    /** Hints and forms whose prefix counts for nothing: they do something older instead (AMD APM vol. 3). */
    private static final Set<Mnemonic> OLD_MEANING = EnumSet.of(
            Mnemonic.ENDBR32, Mnemonic.ENDBR64, Mnemonic.RDSSPD, Mnemonic.RDSSPQ, Mnemonic.CLDEMOTE, Mnemonic.WBNOINVD);

    /** AMD's processors have these outside long mode only (AMD APM vol. 3, SYSENTER). */
    private static final Set<Mnemonic> NOT_IN_LONG_MODE = EnumSet.of(Mnemonic.SYSENTER, Mnemonic.SYSEXIT);

    /** Hypercalls exist without their features. */
    private static final Set<Mnemonic> EXITS = EnumSet.of(Mnemonic.VMCALL, Mnemonic.VMMCALL);

    /** Bits that stand for no instruction, by leaf and register; what they mean is tested where paging and CR4 are. */
    private static final Map<String, Long> WITHOUT_INSTRUCTION = Map.of(
            // DE, PSE, PAE, MCE, MTRR, PGE, MCA, PAT, PSE36
            "1d", 1L << 2 | 1 << 3 | 1 << 6 | 1 << 7 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 16 | 1 << 17,
            // PCID, OSXSAVE, HYPERVISOR
            "1c", 1L << 17 | 1 << 27 | 1L << 31,
            // SMEP, ERMS
            "7b", 1L << 7 | 1 << 9,
            // UMIP
            "7c", 1L << 2,
            // NX, 1 GiB pages, and leaf 1's bits again
            "80000001d", 1L << 20 | 1 << 26 | 0x0183_f3ffL);

    private final Decoder decoder = new Decoder();
    private final Instruction in = new Instruction();

    private record Form(Mnemonic mnemonic, Feature feature, byte[] code) {}

    @ParameterizedTest
    @EnumSource
    void everyInstructionOfAnOfferedFeatureRunsAndNoOther(Runner runner) {
        List<Form> forms = forms();
        assertThat(forms).hasSizeGreaterThan(600);
        Set<Feature> tried = EnumSet.noneOf(Feature.class);
        try (SoftGuest guest = runner.guest()) {
            Set<Feature> offered = offered(guest);
            List<String> wrong = new ArrayList<>();
            for (Form form : forms) {
                boolean undefined = vectorOf(guest, form.code) == UD;
                boolean expected = !offered.contains(form.feature) && !OLD_MEANING.contains(form.mnemonic)
                        || NOT_IN_LONG_MODE.contains(form.mnemonic);
                if (undefined != expected) {
                    wrong.add(form.mnemonic + " of " + form.feature + (undefined ? " is #UD" : " runs"));
                }
                tried.add(form.feature);
            }
            assertThat(wrong).isEmpty();
            // SKINIT counts as SVM's.
            assertThat(tried).containsAll(EnumSet.complementOf(EnumSet.of(Feature.BASE, Feature.SKINIT)));
        }
    }

    /** No bit is set that this test does not know the meaning of. */
    @Test
    void noBitStandsForNothing() {
        try (SoftGuest guest = Runner.INTERPRETER.guest()) {
            Map<String, Long> known = new HashMap<>(WITHOUT_INSTRUCTION);
            for (Feature feature : Feature.values()) {
                known.merge(name(feature.leaf(), feature.register()), 1L << feature.bit(), (a, b) -> a | b);
            }
            int[][] leaves = {{1, 0}, {7, 0}, {0xd, 1}, {0x8000_0001, 0}};
            for (int[] leaf : leaves) {
                long[] values = cpuid(guest, leaf[0], leaf[1]);
                for (char register = 'a'; register <= 'd'; register++) {
                    boolean holdsNoFeatures = leaf[0] != 0xd && register == 'a'
                            || leaf[0] != 7 && register == 'b'
                            || leaf[0] == 0xd && register != 'a';
                    if (!holdsNoFeatures) {
                        String name = name(leaf[0], register);
                        assertThat(values[register - 'a'] & ~known.getOrDefault(name, 0L))
                                .as(name)
                                .isZero();
                    }
                }
            }
        }
    }

    private static String name(int leaf, char register) {
        return Integer.toHexString(leaf) + register;
    }

    private static Set<Feature> offered(SoftGuest guest) {
        Set<Feature> all = EnumSet.noneOf(Feature.class);
        for (Feature feature : Feature.values()) {
            if (feature != Feature.BASE) {
                long value = cpuid(guest, feature.leaf(), feature.subleaf())[feature.register() - 'a'];
                if ((value >> feature.bit() & 1) != 0) {
                    all.add(feature);
                }
            }
        }
        assertThat(all).contains(Feature.AVX2, Feature.SSE4_2, Feature.CX16).doesNotContain(Feature.VMX, Feature.SVM);
        return all;
    }

    private static long[] cpuid(SoftGuest guest, int leaf, int subleaf) {
        enter(guest, a -> {
            a.mov(EAX, leaf);
            a.mov(ECX, subleaf);
            a.cpuid();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        return new long[] {guest.get(RAX), guest.get(RBX), guest.get(RCX), guest.get(RDX)};
    }

    /** Exception, or -1 if the instruction ran, wherever it went. */
    private static int vectorOf(SoftGuest guest, byte[] code) {
        enter(guest, a -> {
            a.mov(EAX, 7);
            a.xor(EDX, EDX);
            a.xor(ECX, ECX);
            a.xsetbv();
            for (int msr : new int[] {0x174, 0x175, 0x176, 0xc000_0081, 0xc000_0082}) {
                a.mov(ECX, msr);
                a.mov(EAX, msr == 0x174 ? SoftGuest.CODE64 : msr == 0xc000_0081 ? 0 : (int) SoftGuest.HANDLERS);
                a.mov(EDX, msr == 0xc000_0081 ? SoftGuest.CODE64 | 0x13 << 16 : 0);
                a.wrmsr();
            }
            a.mov(ECX, (int) SoftGuest.HANDLERS);
            a.mov(EDX, (int) SoftGuest.HANDLERS);
            a.mov(EAX, (int) DATA);
            for (byte b : code) {
                a.db(b & 0xff);
            }
        });
        guest.run();
        return guest.vector();
    }

    private static void enter(SoftGuest guest, Consumer<Assembler> source) {
        guest.code(CodeSize.CODE64, PROGRAM, a -> {
            source.accept(a);
            a.hlt();
        });
        guest.machine.writeObserver().orElseThrow().written(PROGRAM, 4096);
        CpuState state = guest.state;
        SoftGuest.setLongMode(state);
        state.rip = PROGRAM;
        state.cr4 = CR4;
        for (int i = 0; i < 16; i++) {
            if (i != RSP.number()) {
                state.general[i] = DATA;
            }
        }
        guest.load();
    }

    /** The first form of each mnemonic and feature, with registers where it has such a form; else with memory at RDI. */
    private List<Form> forms() {
        Map<String, Form> found = new TreeMap<>();
        for (int modrm : new int[] {0xc1, 0x07}) {
            for (int reg = 0; reg < 8; reg++) {
                for (int rm = 0; rm < (modrm == 0xc1 ? 8 : 1); rm++) {
                    scan(found, (modrm & 0xc0) | reg << 3 | (modrm == 0xc1 ? (rm + 1) % 8 : 7));
                }
            }
        }
        return List.copyOf(found.values());
    }

    private void scan(Map<String, Form> found, int modrm) {
        for (int opcode = 0; opcode < 256; opcode++) {
            for (int prefix : new int[] {0, 0x66, 0xf3, 0xf2}) {
                for (int rex : new int[] {0, 0x48}) {
                    note(found, prefix, rex, opcode, modrm);
                    note(found, prefix, rex, 0x0f, opcode, modrm);
                    note(found, prefix, rex, 0x0f, 0x38, opcode, modrm);
                    note(found, prefix, rex, 0x0f, 0x3a, opcode, modrm);
                }
            }
            for (int map = 1; map < 4; map++) {
                for (int bits = 0; bits < 16; bits++) {
                    // With and without a second source.
                    for (int source : new int[] {0x78, 0x70}) {
                        note(found, 0, 0, 0xc4, 0xe0 | map, (bits & 8) << 4 | bits & 7 | source, opcode, modrm);
                    }
                }
            }
        }
    }

    private void note(Map<String, Form> found, int prefix, int rex, int... rest) {
        byte[] code = new byte[20];
        int at = 0;
        if (prefix != 0) {
            code[at++] = (byte) prefix;
        }
        if (rex != 0) {
            code[at++] = (byte) rex;
        }
        for (int b : rest) {
            code[at++] = (byte) b;
        }
        int length = decoder.decode(code, 0, 15, CodeSize.CODE64, in);
        if (length > 0 && in.feature() != Feature.BASE && !EXITS.contains(in.mnemonic())) {
            found.computeIfAbsent(
                    in.mnemonic() + " of " + in.feature(),
                    name -> new Form(in.mnemonic(), in.feature(), Arrays.copyOf(code, length)));
        }
    }
}
