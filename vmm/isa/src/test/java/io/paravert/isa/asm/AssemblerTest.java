package io.paravert.isa.asm;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Far;
import io.paravert.isa.IsaException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AssemblerTest {
    private static String hex(Assembler a, long origin) {
        return HexFormat.of().formatHex(a.assemble(origin));
    }

    @Test
    void shouldAssembleALoop() {
        Assembler a = new Assembler(CodeSize.CODE64);
        a.mov(ECX, 10);
        Label top = a.here("top");
        a.dec(ECX);
        a.jnz(top);
        a.hlt();
        assertThat(hex(a, 0x1000)).isEqualTo("b90a000000" + "ffc9" + "75fc" + "f4");
        assertThat(top.address()).isEqualTo(0x1005);
    }

    @Test
    void shouldLengthenBranchesThatDoNotReach() {
        Assembler a = new Assembler(CodeSize.CODE64);
        Label end = a.label("end");
        a.jmp(end);
        a.space(127);
        a.bind(end);
        assertThat(hex(a, 0)).startsWith("eb7f");
        Assembler b = new Assembler(CodeSize.CODE64);
        Label far = b.label("far");
        b.jmp(far);
        b.je(far);
        b.space(128);
        b.bind(far);
        assertThat(hex(b, 0)).startsWith("e986000000" + "0f8480000000");
    }

    @Test
    void shouldRelaxBranchesThatPushEachOtherOutOfReach() {
        Assembler a = new Assembler(CodeSize.CODE32);
        Label first = a.label("first");
        Label second = a.label("second");
        a.jmp(first);
        a.jmp(second);
        a.space(125);
        a.bind(first);
        a.space(10);
        a.bind(second);
        assertThat(a.assemble(0)).hasSize(2 + 5 + 125 + 10 + 3);
    }

    @Test
    void shouldAddressDataRelativeToRip() {
        Assembler a = new Assembler(CodeSize.CODE64);
        Label data = a.label("data");
        a.mov(RAX, qwordAt(data));
        a.mov(dwordAt(data).plus(4), 7);
        a.lea(RBX, at(data));
        a.mov(RCX, data);
        a.bind(data);
        a.dq(data, 8);
        assertThat(hex(a, 0x1000))
                .isEqualTo("488b0518000000" + "c705120000000700" + "0000" + "488d1d07000000" + "48c7c11f100000"
                        + "2710000000000000");
    }

    @Test
    void shouldGoFromRealToLongMode() {
        Assembler a = new Assembler(CodeSize.CODE16);
        Label protectedMode = a.label("protected");
        a.cli();
        a.mov(EAX, CR0);
        a.or(AL, 1);
        a.mov(CR0, EAX);
        a.jmp_far(Far.of(8, 0x100d));
        a.code32();
        a.bind(protectedMode);
        a.mov(AX, 0x10);
        a.mov(DS, EAX);
        a.code64();
        a.mov(RAX, CR3);
        assertThat(hex(a, 0x1000))
                .isEqualTo("fa" + "0f20c0" + "0c01" + "0f22c0" + "ea0d100800" + "66b81000" + "8ed8" + "0f20d8");
        assertThat(protectedMode.address()).isEqualTo(0x100e);
    }

    @Test
    void shouldTakePrefixesForOneInstruction() {
        Assembler a = new Assembler(CodeSize.CODE64);
        a.lock().add(dword(RBX), 1);
        a.rep().movsb();
        a.rep().stosq();
        a.iretq();
        a.add(dword(RBX), 1);
        assertThat(hex(a, 0)).isEqualTo("f0830301" + "f3a4" + "f348ab" + "48cf" + "830301");
    }

    @Test
    void shouldAlignWithNopsAndFillToAnOffset() {
        Assembler a = new Assembler(CodeSize.CODE64);
        a.ret();
        a.align(8);
        a.db(1, 0xff).dw(0x1234).dd(-1).asciz("hi");
        a.align(4, 0xcc);
        a.org(24);
        a.int_(0x80);
        assertThat(hex(a, 0x1000)).isEqualTo("c30f1f8000000000" + "01ff3412ffffffff686900cc" + "00000000" + "cd80");
    }

    @Test
    void shouldBranchToAddresses() {
        Assembler a = new Assembler(CodeSize.CODE64);
        a.jmp(0x1000);
        a.call(0x2000);
        assertThat(hex(a, 0x1000)).isEqualTo("ebfe" + "e8f90f0000");
        Assembler real = new Assembler(CodeSize.CODE16);
        real.call(0x7c00);
        assertThat(hex(real, 0x7e00)).isEqualTo("e8fdfd");
    }

    @Test
    void shouldNameTheJavaLineOfAnError() {
        Assembler a = new Assembler(CodeSize.CODE64);
        assertThatThrownBy(() -> a.mov(AL, 0x1234))
                .isInstanceOf(IsaException.class)
                .hasMessageMatching("mov al, 0x1234: .*\\(AssemblerTest.java:\\d+\\)");
        Label never = a.label("never");
        a.jmp(never);
        assertThatThrownBy(() -> a.assemble(0))
                .hasMessageMatching("label never is never bound \\(AssemblerTest.java:\\d+\\)");
    }

    @Test
    void shouldNameTheJavaLineOfABranchThatDoesNotReach() {
        Assembler a = new Assembler(CodeSize.CODE64);
        Label top = a.here("top");
        a.space(200);
        a.loop(top);
        assertThatThrownBy(() -> a.assemble(0))
                .isInstanceOf(IsaException.class)
                .hasMessageMatching("loop top: the target is out of reach \\(AssemblerTest.java:\\d+\\)");
    }

    @Test
    void shouldAssembleAgainForAnotherOrigin() {
        Assembler a = new Assembler(CodeSize.CODE32);
        Label data = a.label("data");
        a.mov(EAX, data);
        a.bind(data);
        assertThat(hex(a, 0x1000)).isEqualTo("b805100000");
        assertThat(hex(a, 0x2000)).isEqualTo("b805200000");
    }
}
