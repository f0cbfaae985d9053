package io.paravert.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FormatterTest {
    private final Instruction in = new Instruction();

    private String format(Formatter formatter, String hex, long address) {
        byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(new Decoder().decode(code, 0, code.length, CodeSize.CODE64, in))
                .isEqualTo(code.length);
        return formatter.format(in, address);
    }

    private String format(String hex) {
        return format(new Formatter(), hex, 0x1000);
    }

    @Test
    void shouldWriteWhatCompilersEmitAsObjdumpDoes() {
        assertThat(format("66 2e 0f 1f 84 00 00 00 00 00")).isEqualTo("cs nop WORD PTR [rax+rax*1+0x0]");
        assertThat(format("66 66 2e 0f 1f 84 00 00 00 00 00")).isEqualTo("data16 cs nop WORD PTR [rax+rax*1+0x0]");
        assertThat(format("f3 c3")).isEqualTo("repz ret");
        assertThat(format("66 90")).isEqualTo("xchg   ax,ax");
        assertThat(format("f3 0f 1e fa")).isEqualTo("endbr64");
        assertThat(format("3e ff e0")).isEqualTo("notrack jmp rax");
        assertThat(format("f2 ff 25 10 00 00 00")).isEqualTo("bnd jmp QWORD PTR [rip+0x10]        # 0x1017");
        assertThat(format("66 48 8d 3d 10 00 00 00")).isEqualTo("data16 lea rdi,[rip+0x10]        # 0x1018");
        assertThat(format("f0 48 0f b1 0a")).isEqualTo("lock cmpxchg QWORD PTR [rdx],rcx");
        assertThat(format("f3 48 ab")).isEqualTo("rep stos QWORD PTR es:[rdi],rax");
        assertThat(format("64 48 8b 04 25 28 00 00 00")).isEqualTo("mov    rax,QWORD PTR fs:0x28");
        assertThat(format("48 b8 88 77 66 55 44 33 22 11")).isEqualTo("movabs rax,0x1122334455667788");
        assertThat(format("0f c2 c1 01")).isEqualTo("cmpltps xmm0,xmm1");
    }

    @Test
    void shouldNameAddressesThatHaveNames() {
        Formatter named = new Formatter(address -> address == 0x1010 ? "main+0x10" : "");
        assertThat(format(named, "eb 0e", 0x1000)).isEqualTo("jmp    0x1010 <main+0x10>");
        assertThat(format(named, "48 8d 05 09 00 00 00", 0x1000))
                .isEqualTo("lea    rax,[rip+0x9]        # 0x1010 <main+0x10>");
        assertThat(format(named, "eb 0f", 0x1000)).isEqualTo("jmp    0x1011");
    }
}
