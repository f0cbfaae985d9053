package io.paravert.isa;

import static io.paravert.isa.Register.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EncoderTest {
    private final Encoder encoder = new Encoder();

    private String encode(CodeSize size, Mnemonic mnemonic, Operand... operands) {
        return HexFormat.of().formatHex(encoder.encode(mnemonic, size, operands));
    }

    private String encode64(Mnemonic mnemonic, Operand... operands) {
        return encode(CodeSize.CODE64, mnemonic, operands);
    }

    private static Immediate imm(long value) {
        return Immediate.of(value);
    }

    @Test
    void shouldChooseTheShortestFormAsTheGnuAssemblerDoes() {
        assertThat(encode64(Mnemonic.ADD, RAX, RBX)).isEqualTo("4801d8");
        assertThat(encode64(Mnemonic.ADD, RAX, imm(1))).isEqualTo("4883c001");
        assertThat(encode64(Mnemonic.ADD, RAX, imm(1000))).isEqualTo("4805e8030000");
        assertThat(encode64(Mnemonic.ADD, AL, imm(200))).isEqualTo("04c8");
        assertThat(encode64(Mnemonic.MOV, EAX, imm(1))).isEqualTo("b801000000");
        assertThat(encode64(Mnemonic.MOV, RAX, imm(-1))).isEqualTo("48c7c0ffffffff");
        assertThat(encode64(Mnemonic.MOV, RAX, imm(0x8000_0000L))).isEqualTo("48b80000008000000000");
        assertThat(encode64(Mnemonic.PUSH, imm(5))).isEqualTo("6a05");
        assertThat(encode64(Mnemonic.SHL, EDX, imm(1))).isEqualTo("d1e2");
        assertThat(encode(CodeSize.CODE32, Mnemonic.INC, EAX)).isEqualTo("40");
        assertThat(encode64(Mnemonic.INC, EAX)).isEqualTo("ffc0");
        assertThat(encode64(Mnemonic.XCHG, EAX, EAX)).isEqualTo("87c0");
        assertThat(encode64(Mnemonic.XCHG, RCX, RAX)).isEqualTo("4891");
    }

    @Test
    void shouldEncodeEveryKindOfAddress() {
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.of(RSP))).isEqualTo("8b0424");
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.of(RBP))).isEqualTo("8b4500");
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.of(R13))).isEqualTo("418b4500");
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.of(R12, 0x1000))).isEqualTo("418b842400100000");
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.of(RBX, RCX, 4, 16))).isEqualTo("8b448b10");
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.of(NONE, R9, 8, 0))).isEqualTo("428b04cd00000000");
        assertThat(encode64(Mnemonic.MOV, EBX, Memory.absolute(0x1000))).isEqualTo("8b1c2500100000");
        assertThat(encode64(Mnemonic.MOV, EBX, Memory.ripRelative(0x10))).isEqualTo("8b1d10000000");
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.of(RAX, RSP, 1, 0))).isEqualTo("8b0404");
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.of(EAX))).isEqualTo("678b00");
        assertThat(encode64(Mnemonic.MOV, EAX, Memory.absolute(0x28).withSegment(FS)))
                .isEqualTo("648b042528000000");
        assertThat(encode64(Mnemonic.MOV, RAX, Memory.absolute(0x1122334455667788L)))
                .isEqualTo("48a18877665544332211");
        assertThat(encode(CodeSize.CODE16, Mnemonic.MOV, AX, Memory.of(SI, BX, 1, 0)))
                .isEqualTo("8b00");
        assertThat(encode(CodeSize.CODE16, Mnemonic.MOV, AX, Memory.of(BP))).isEqualTo("8b4600");
        assertThat(encode(CodeSize.CODE16, Mnemonic.MOV, EAX, Memory.of(EBX, ESI, 2, 0)))
                .isEqualTo("67668b0473");
    }

    @Test
    void shouldSetPrefixes() {
        byte[] out = new byte[15];
        int length = encoder.encode(
                Mnemonic.ADD,
                CodeSize.CODE64,
                new Operand[] {Memory.of(RBX).withSize(32), imm(1)},
                Encoder.LOCK,
                out,
                0);
        assertThat(HexFormat.of().formatHex(Arrays.copyOf(out, length))).isEqualTo("f0830301");
        length = encoder.encode(Mnemonic.STOS, CodeSize.CODE64, new Operand[0], Encoder.REP | Encoder.SIZE_64, out, 0);
        assertThat(HexFormat.of().formatHex(Arrays.copyOf(out, length))).isEqualTo("f348ab");
    }

    @Test
    void shouldSayWhichOperandDoesNotFitAndWhatWould() {
        assertThatThrownBy(() -> encode64(Mnemonic.MOV, AL, imm(0x1234)))
                .isInstanceOf(IsaException.class)
                .hasMessage("mov al, 0x1234: operand 2 (0x1234) does not fit; nearest: mov r8, imm8; mov r/m8, imm8");
        assertThatThrownBy(() -> encode64(Mnemonic.IN, AL, Memory.of(RAX)))
                .isInstanceOf(IsaException.class)
                .hasMessageContaining("operand 2");
        assertThatThrownBy(() -> encode(CodeSize.CODE32, Mnemonic.SWAPGS))
                .isInstanceOf(IsaException.class)
                .hasMessageContaining("32-bit code");
    }

    @Test
    void shouldAskForTheSizeOfAMemoryOperandThatNothingElseTells() {
        assertThatThrownBy(() -> encode64(Mnemonic.ADD, Memory.of(RAX), imm(1)))
                .isInstanceOf(IsaException.class)
                .hasMessageContaining("give the memory operand a size");
        assertThatThrownBy(() -> encode64(Mnemonic.MOVZX, EAX, Memory.of(RAX)))
                .hasMessageContaining("give the memory operand a size");
        assertThat(encode64(Mnemonic.PUSH, Memory.of(RAX))).isEqualTo("ff30");
        assertThat(encode64(Mnemonic.LGDT, Memory.of(RAX))).isEqualTo("0f0110");
    }

    @Test
    void shouldRefuseHighByteRegistersBesideRex() {
        assertThat(encode64(Mnemonic.MOV, AH, BL)).isEqualTo("88dc");
        assertThat(encode64(Mnemonic.MOV, SPL, BL)).isEqualTo("4088dc");
        assertThatThrownBy(() -> encode64(Mnemonic.MOV, AH, SPL)).hasMessageContaining("do not go together");
        assertThatThrownBy(() -> encode64(Mnemonic.MOV, AH, Memory.of(R8))).hasMessageContaining("do not go together");
    }

    @Test
    void shouldRefuseLockWhereTheProcessorWould() {
        assertThatThrownBy(() -> encoder.encode(
                        Mnemonic.ADD, CodeSize.CODE64, new Operand[] {EAX, EBX}, Encoder.LOCK, new byte[15], 0))
                .isInstanceOf(IsaException.class);
    }
}
