package io.paravert.soft.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Feature;
import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.soft.system.Cpuid;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** CPUID says exactly what is there: what it reports has statements, and what it does not is #UD. */
class CompletenessTest {
    private final Cpuid cpuid = new Cpuid(Instructions.implemented(), false, 1, List.of());
    private final InstructionSet set = new InstructionSet(cpuid);
    private final Decoder decoder = new Decoder();
    private final Instruction in = new Instruction();
    private final Set<Mnemonic> missing = EnumSet.noneOf(Mnemonic.class);
    private final Set<Mnemonic> unreported = EnumSet.noneOf(Mnemonic.class);
    private int forms;

    @Test
    void shouldHaveAStatementForWhatIsReportedAndForNothingElse() {
        for (CodeSize size : new CodeSize[] {CodeSize.CODE64, CodeSize.CODE32}) {
            for (int head = 0; head < 256; head++) {
                legacy(size, head);
            }
            vex(size);
        }
        assertThat(forms).isGreaterThan(100_000);
        // Undefined on purpose; RSM outside system-management mode, which this machine has not.
        missing.removeAll(EnumSet.of(Mnemonic.UD0, Mnemonic.UD1, Mnemonic.UD2, Mnemonic.RSM));
        assertThat(missing).isEmpty();
        // Shadow-stack and branch-tracking hints are no-operations on processors without those features (Intel SDM vol.
        // 1, 17.2).
        unreported.removeAll(EnumSet.of(
                Mnemonic.ENDBR32,
                Mnemonic.ENDBR64,
                Mnemonic.RDSSPD,
                Mnemonic.RDSSPQ,
                Mnemonic.CLDEMOTE,
                Mnemonic.WBNOINVD));
        assertThat(unreported).isEmpty();
    }

    private void legacy(CodeSize size, int opcode) {
        for (int prefix : new int[] {0, 0x66, 0xf3, 0xf2}) {
            for (int rex : size == CodeSize.CODE64 ? new int[] {0, 0x48} : new int[] {0}) {
                for (int modrm = 0; modrm < 256; modrm++) {
                    check(size, prefix, rex, opcode, modrm);
                    check(size, prefix, rex, 0x0f, opcode, modrm);
                    check(size, prefix, rex, 0x0f, 0x38, opcode, modrm);
                    check(size, prefix, rex, 0x0f, 0x3a, opcode, modrm);
                }
            }
        }
    }

    private void vex(CodeSize size) {
        for (int map = 1; map < 4; map++) {
            for (int bits = 0; bits < 16; bits++) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    for (int modrm = 0; modrm < 256; modrm += 7) {
                        check(size, 0, 0, 0xc4, 0xe0 | map, (bits & 8) << 4 | bits & 7 | 0x78, opcode, modrm);
                        check(size, 0, 0, 0xc4, 0xe0 | map, (bits & 8) << 4 | bits & 7 | 0x70, opcode, modrm);
                    }
                }
            }
        }
    }

    private void check(CodeSize size, int prefix, int rex, int... rest) {
        byte[] code = new byte[20];
        int at = 0;
        if (prefix != 0) code[at++] = (byte) prefix;
        if (rex != 0) code[at++] = (byte) rex;
        for (int b : rest) code[at++] = (byte) b;
        if (decoder.decode(code, 0, 15, size, in) <= 0) {
            return;
        }
        forms++;
        boolean there = set.find(in) != InstructionSet.UNDEFINED;
        boolean reported = in.feature() == Feature.BASE || cpuid.has(in.feature());
        boolean hypercall = in.mnemonic() == Mnemonic.VMCALL || in.mnemonic() == Mnemonic.VMMCALL;
        if (reported && !there) missing.add(in.mnemonic());
        if (!reported && there && !hypercall) unreported.add(in.mnemonic());
    }
}
