package io.paravert.soft;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.vmm.engine.ExitReason.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.asm.Label;
import io.paravert.soft.memory.CodeWatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Code that changes after it has been decoded. */
class CodeChangesTest {
    private final SoftGuest guest = new SoftGuest();

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    void shouldRunWhatAnInstructionWroteRightBehindItself() {
        guest.code(a -> {
            Label patched = a.label("patched");
            a.mov(byteAt(patched).plus(1), 7);
            a.bind(patched);
            a.mov(EAX, 1);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RAX)).isEqualTo(7);
    }

    @Test
    void shouldRunWhatALoopWroteIntoItsOwnBody() {
        guest.code(a -> {
            Label patched = a.label("patched");
            a.xor(EBX, EBX);
            a.mov(ECX, 100);
            Label top = a.here();
            a.bind(patched);
            a.mov(EAX, 0);
            a.add(EBX, EAX);
            a.inc(dwordAt(patched).plus(1));
            a.dec(ECX);
            a.jnz(top);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).isEqualTo(99 * 100 / 2);
    }

    @Test
    void shouldRunWhatWasWrittenToAnotherPageThroughAnotherAddress() {
        long function = 0x80_0000;
        guest.put64(SoftGuest.DIRECTORY + 8 * 5, function | 0x87);
        guest.put64(function, 0xc300000001b8L);
        guest.code(a -> {
            a.mov(EDI, function);
            a.call(RDI);
            a.mov(EBX, EAX);
            a.mov(ESI, 5 << 21);
            a.mov(byte_(RSI, 1), 9);
            a.call(RDI);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).isEqualTo(1);
        assertThat(guest.get(RAX)).isEqualTo(9);
    }

    @Test
    void shouldRunWhatAStringInstructionCopiedOverCode() {
        long function = 0x80_0000;
        guest.put64(function, 0xc300000001b8L);
        guest.put64(SoftGuest.DATA, 0xc300000033b8L);
        guest.code(a -> {
            a.mov(EDI, function);
            a.call(RDI);
            a.mov(ESI, SoftGuest.DATA);
            a.mov(ECX, 8);
            a.rep().movsb();
            a.mov(EDI, function);
            a.call(RDI);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RAX)).isEqualTo(0x33);
    }

    @Test
    void shouldSeeAChangeInTheSecondPageOfAnInstructionAcrossTwo() {
        long at = 0x80_1000 - 3;
        guest.code(io.paravert.isa.CodeSize.CODE64, at, a -> {
            a.mov(EAX, 0x11);
            a.ret();
        });
        guest.code(a -> {
            a.mov(EDI, at);
            a.call(RDI);
            a.mov(EBX, EAX);
            a.call(RDI);
            a.add(EBX, EAX);
            a.mov(byte_(RDI, 3), 0x22);
            a.call(RDI);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).isEqualTo(0x22);
        assertThat(guest.get(RAX)).isEqualTo(0x22_0011);
    }

    /** The engine numbers address spaces, and begins anew after some thousands. */
    @Test
    void shouldFollowAPageTableChangeAfterAnyNumberOfFlushes() {
        long table = 0x20_0000;
        long called = 6 << 21;
        guest.put64(0x80_0000, 0xc300000001b8L);
        guest.put64(0x80_1000, 0xc300000002b8L);
        guest.put64(SoftGuest.DIRECTORY + 8 * 6, table | 7);
        guest.put64(table, 0x80_0000 | 7);
        guest.code(a -> {
            Label flushes = a.label();
            Label wrong = a.label();
            a.mov(EDI, called);
            a.mov(ESI, table);
            a.mov(RAX, CR3);
            a.mov(R8, RAX);
            a.mov(EBX, 4080);
            Label top = a.here();
            a.mov(CR3, R8);
            a.mov(EDX, 1);
            a.call(RDI);
            a.cmp(EAX, EDX);
            a.jne(wrong);
            a.xor(qword(RSI), 0x1000);
            a.mov(ECX, EBX);
            a.bind(flushes);
            a.mov(CR3, R8);
            a.dec(ECX);
            a.jnz(flushes);
            a.mov(EDX, 2);
            a.call(RDI);
            a.cmp(EAX, EDX);
            a.jne(wrong);
            a.xor(qword(RSI), 0x1000);
            a.inc(EBX);
            a.cmp(EBX, 4100);
            a.jne(top);
            a.bind(wrong);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).as("flushes between two calls").isEqualTo(4100);
    }

    @Test
    void shouldFollowAPageTableChangeAfterInvlpg() {
        guest.put64(0x80_0000, 0xc300000001b8L);
        guest.put64(0x80_1000, 0xc300000002b8L);
        long table = 0x20_0000;
        guest.put64(SoftGuest.DIRECTORY + 8 * 6, table | 7);
        guest.put64(table, 0x80_0000 | 7);
        guest.code(a -> {
            a.mov(EDI, 6 << 21);
            a.call(RDI);
            a.mov(EBX, EAX);
            a.mov(ESI, table);
            a.mov(qword(RSI), 0x80_1007);
            a.invlpg(mem(RDI));
            a.call(RDI);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).isEqualTo(1);
        assertThat(guest.get(RAX)).isEqualTo(2);
    }

    @Test
    void shouldKeepDataBesideCodeWritable() {
        guest.code(a -> {
            Label data = a.label("data");
            a.mov(ECX, 1000);
            Label top = a.here();
            a.inc(qwordAt(data));
            a.dec(ECX);
            a.jnz(top);
            a.mov(RAX, at(data));
            a.hlt();
            a.align(64);
            a.bind(data);
            a.dq(0);
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RAX)).isEqualTo(1000);
    }

    @Test
    void shouldRunWhatADeviceWroteOverDecodedCode() {
        long function = 0x80_0000;
        guest.put64(function, 0xc300000001b8L);
        guest.code(a -> {
            a.mov(EDI, function);
            a.call(RDI);
            a.mov(EBX, EAX);
            a.out(0x10, AL);
            a.call(RDI);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(PORT_WRITE);
        guest.put8(function + 1, 9);
        guest.machine.writeObserver().orElseThrow().written(function, 8);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).isEqualTo(1);
        assertThat(guest.get(RAX)).isEqualTo(9);
    }

    @Test
    void shouldForgetEverythingWhenMoreWasWrittenThanItCanBeTold() {
        long function = 0x80_0000;
        guest.put64(function, 0xc300000001b8L);
        guest.code(a -> {
            a.mov(EDI, function);
            a.call(RDI);
            a.mov(EBX, EAX);
            a.out(0x10, AL);
            a.call(RDI);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(PORT_WRITE);
        CodeWatch.Listener mailbox = ((SoftVcpu) guest.vcpu).mailbox();
        for (int i = 0; i < 100_000; i++) {
            mailbox.codeWritten(0x90_0000);
        }
        guest.put8(function + 1, 9);
        mailbox.codeWritten(function);
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).isEqualTo(1);
        assertThat(guest.get(RAX)).isEqualTo(9);
    }
}
