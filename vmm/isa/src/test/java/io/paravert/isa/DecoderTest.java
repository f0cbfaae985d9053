package io.paravert.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecoderTest {
    private final Decoder decoder = new Decoder();
    private final Instruction in = new Instruction();

    private int decode(String hex, CodeSize size) {
        byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
        return decoder.decode(code, 0, code.length, size, in);
    }

    private int decode64(String hex) {
        return decode(hex, CodeSize.CODE64);
    }

    @Test
    void shouldTakeAnInstructionApart() {
        assertThat(decode64("65 48 03 84 cb 10 00 00 00")).isEqualTo(9);
        assertThat(in.mnemonic()).isEqualTo(Mnemonic.ADD);
        assertThat(in.operandSize()).isEqualTo(64);
        assertThat(in.operandCount()).isEqualTo(2);
        assertThat(in.kind(0)).isEqualTo(OperandKind.REGISTER);
        assertThat(in.register(0)).isEqualTo(Register.RAX);
        assertThat(in.kind(1)).isEqualTo(OperandKind.MEMORY);
        assertThat(in.size(1)).isEqualTo(64);
        assertThat(in.baseRegister()).isEqualTo(Register.RBX);
        assertThat(in.indexRegister()).isEqualTo(Register.RCX);
        assertThat(in.scale()).isEqualTo(8);
        assertThat(in.displacement()).isEqualTo(16);
        assertThat(in.segment()).isEqualTo(Register.GS);
        assertThat(in.isRead(0)).isTrue();
        assertThat(in.isWritten(0)).isTrue();
        assertThat(in.isWritten(1)).isFalse();
        assertThat(in.flagsWritten()).isEqualTo(0x8d5);
        assertThat(in.controlFlow()).isEqualTo(ControlFlow.NEXT);
    }

    @Test
    void shouldTellTruncatedFromInvalidFromTooLong() {
        assertThat(decode64("48")).isEqualTo(Decoder.TRUNCATED);
        assertThat(decode64("48 8b")).isEqualTo(Decoder.TRUNCATED);
        assertThat(decode64("48 8b 84 24 00 00")).isEqualTo(Decoder.TRUNCATED);
        assertThat(decode64("06")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("66".repeat(14) + "90")).isEqualTo(15);
        assertThat(decode64("66".repeat(15) + "90")).isEqualTo(Decoder.TOO_LONG);
        assertThat(decode64("66".repeat(12) + "81 00 01 00 00 00")).isEqualTo(Decoder.TOO_LONG);
    }

    @Test
    void shouldFindEveryTruncationOfALongInstructionTruncated() {
        byte[] code = HexFormat.of().parseHex("6548c784cb1000000078563412");
        for (int limit = 0; limit < code.length; limit++) {
            assertThat(decoder.decode(code, 0, limit, CodeSize.CODE64, in)).isEqualTo(Decoder.TRUNCATED);
        }
        assertThat(decoder.decode(code, 0, code.length, CodeSize.CODE64, in)).isEqualTo(code.length);
    }

    @Test
    void shouldAllowLockOnlyWhereMemoryIsReadAndWritten() {
        assertThat(decode64("f0 01 03")).isEqualTo(3);
        assertThat(in.hasLock()).isTrue();
        assertThat(decode64("f0 01 c3")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("f0 03 03")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("f0 39 03")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("f0 90")).isEqualTo(Decoder.INVALID);
    }

    @Test
    void shouldReadCr8ThroughLockAsAmdDoes() {
        assertThat(decode("f0 0f 20 c0", CodeSize.CODE32)).isEqualTo(4);
        assertThat(in.register(1)).isEqualTo(Register.CR8);
    }

    @Test
    void shouldIgnoreARexPrefixThatDoesNotStandBeforeTheOpcode() {
        assertThat(decode64("48 66 01 c3")).isEqualTo(4);
        assertThat(in.operandSize()).isEqualTo(16);
        assertThat(decode64("66 48 01 c3")).isEqualTo(4);
        assertThat(in.operandSize()).isEqualTo(64);
    }

    @Test
    void shouldTakeSixteenBitBranchesAsAmdDoes() {
        assertThat(decode64("66 e9 00 10")).isEqualTo(4);
        assertThat(in.branchTarget(0x12345)).isEqualTo(0x3349);
        assertThat(decode64("e9 00 10 00 00")).isEqualTo(5);
        assertThat(in.branchTarget(0xffff_ffff_8000_0000L)).isEqualTo(0xffff_ffff_8000_1005L);
    }

    @Test
    void shouldRefuseRegistersThatDoNotExist() {
        assertThat(decode64("0f 20 c8")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("0f 20 d8")).isEqualTo(3);
        assertThat(decode64("44 0f 20 c0")).isEqualTo(4);
        assertThat(in.register(1)).isEqualTo(Register.CR8);
        assertThat(decode64("44 0f 23 c0")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("8e c8")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("8e f0")).isEqualTo(Decoder.INVALID);
    }

    @Test
    void shouldReadEverySixteenBitAddress() {
        String[] expected = {"bx+si", "bx+di", "bp+si", "bp+di", "si", "di", "bp", "bx"};
        for (int rm = 0; rm < 8; rm++) {
            assertThat(decode(String.format("8b %02x 7f", 0x40 | rm), CodeSize.CODE16))
                    .isEqualTo(3);
            assertThat(in).hasToString("mov    ax,WORD PTR [" + expected[rm] + "+0x7f]");
            assertThat(in.segment()).isEqualTo(rm == 2 || rm == 3 || rm == 6 ? Register.SS : Register.DS);
        }
    }

    @Test
    void shouldSignExtendImmediatesAsTheOperationSeesThem() {
        decode64("48 83 c0 ff");
        assertThat(in.immediate(1)).isEqualTo(-1);
        decode64("cd 80");
        assertThat(in.immediate(0)).isEqualTo(0x80);
        decode64("48 b8 08 07 06 05 04 03 02 81");
        assertThat(in.immediate(1)).isEqualTo(0x8102_0304_0506_0708L);
        decode64("48 c7 c0 00 00 00 80");
        assertThat(in.immediate(1)).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void shouldSayWhatStringInstructionsUseWithoutNamingIt() {
        decode64("f3 48 a5");
        assertThat(in.hasRep()).isTrue();
        assertThat(in.impliedReads()).isEqualTo(0xc2);
        assertThat(in.impliedWrites()).isEqualTo(0xc2);
        assertThat(in.segment(0)).isEqualTo(Register.ES);
        assertThat(in.segment(1)).isEqualTo(Register.DS);
        assertThat(in.flagsRead()).isEqualTo(0x400);
    }

    @Test
    void shouldClassifyControlFlow() {
        String[] code = {"eb 00", "74 00", "e8 00 00 00 00", "c3", "cd 80", "f4", "0f 05", "0f 0b", "ff e0", "90"};
        ControlFlow[] flow = {
            ControlFlow.JUMP,
            ControlFlow.CONDITIONAL,
            ControlFlow.CALL,
            ControlFlow.RETURN,
            ControlFlow.INTERRUPT,
            ControlFlow.HALT,
            ControlFlow.SYSTEM,
            ControlFlow.UNDEFINED,
            ControlFlow.JUMP,
            ControlFlow.NEXT
        };
        for (int i = 0; i < code.length; i++) {
            assertThat(decode64(code[i])).isPositive();
            assertThat(in.controlFlow()).as(code[i]).isEqualTo(flow[i]);
        }
    }

    @Test
    void shouldNeverReadPastTheLimit() {
        byte[] code = new byte[16];
        Arrays.fill(code, (byte) 0x66);
        assertThat(decoder.decode(code, 10, 13, CodeSize.CODE64, in)).isEqualTo(Decoder.TRUNCATED);
        assertThat(decoder.decode(code, 16, 16, CodeSize.CODE64, in)).isEqualTo(Decoder.TRUNCATED);
    }

    @Test
    void shouldRefuseLegacyPrefixesBeforeVex() {
        assertThat(decode64("c5 f8 58 c1")).isEqualTo(4);
        assertThat(in.mnemonic()).isEqualTo(Mnemonic.VADDPS);
        for (String prefix : new String[] {"66", "f2", "f3", "f0", "48"}) {
            assertThat(decode64(prefix + "c5 f8 58 c1")).as(prefix).isEqualTo(Decoder.INVALID);
        }
        assertThat(decode64("67 65 c5 f8 58 00")).isEqualTo(6);
        assertThat(in.segment()).isEqualTo(Register.GS);
    }

    @Test
    void shouldRefuseAVexRegisterThatTheInstructionDoesNotUse() {
        assertThat(decode64("c5 f8 28 c1")).isEqualTo(4);
        assertThat(decode64("c5 f0 28 c1")).isEqualTo(Decoder.INVALID);
    }

    @Test
    void shouldTellVexFromLesAndLdsByTheModOfTheNextByte() {
        assertThat(decode("c5 f8 58 c1", CodeSize.CODE32)).isEqualTo(4);
        assertThat(in.isVex()).isTrue();
        assertThat(decode("c5 38", CodeSize.CODE32)).isEqualTo(2);
        assertThat(in.mnemonic()).isEqualTo(Mnemonic.LDS);
    }

    @Test
    void shouldRefuseGathersWhoseRegistersMeet() {
        assertThat(decode64("c4 e2 69 90 04 88")).isEqualTo(6);
        assertThat(in.indexRegister()).isEqualTo(Register.XMM1);
        assertThat(in).hasToString("vpgatherdd xmm0,DWORD PTR [rax+xmm1*4],xmm2");
        assertThat(decode64("c4 e2 69 90 14 88")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("c4 e2 71 90 04 88")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("c4 e2 69 90 0c 88")).isEqualTo(Decoder.INVALID);
        assertThat(decode64("c4 e2 69 90 00")).isEqualTo(Decoder.INVALID);
    }

    @Test
    void shouldNotTakeAvx512() {
        assertThat(decode64("62 f1 7c 48 58 c1")).isEqualTo(Decoder.INVALID);
        assertThat(decode("62 00", CodeSize.CODE32)).isEqualTo(2);
        assertThat(in.mnemonic()).isEqualTo(Mnemonic.BOUND);
    }

    @Test
    void shouldNameTheFeatureOfAnInstruction() {
        decode64("c5 fd fe c1");
        assertThat(in.feature()).isEqualTo(Feature.AVX2);
        decode64("c5 f9 fe c1");
        assertThat(in.feature()).isEqualTo(Feature.AVX);
        decode64("0f 01 d9");
        assertThat(in.mnemonic()).isEqualTo(Mnemonic.VMMCALL);
        assertThat(in.feature()).isEqualTo(Feature.SVM);
        decode64("01 c3");
        assertThat(in.feature()).isEqualTo(Feature.BASE);
    }

    @Test
    void shouldDecodeWithoutAllocating() {
        byte[] code = Candidates.blob(new SplittableRandom(20261125), 1_000, CodeSize.CODE64);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        decodeAll(code, 1);
        long before = threads.getCurrentThreadAllocatedBytes();
        int decoded = decodeAll(code, 50);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        // The two questions may allocate something; a byte an instruction would be a hundred times more than this.
        assertThat(decoded).isGreaterThan(500_000);
        assertThat(allocated).isLessThan(8192);
    }

    private int decodeAll(byte[] code, int times) {
        int decoded = 0;
        for (int i = 0; i < times; i++) {
            for (int at = 0; at < code.length; decoded++) {
                at += Math.max(1, decoder.decode(code, at, code.length, CodeSize.CODE64, in));
            }
        }
        return decoded;
    }
}
