package io.paravert.soft.translator;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.vmm.engine.ExitReason.HALT;
import static io.paravert.vmm.engine.ExitReason.INTERRUPTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import io.paravert.vmm.engine.MachineSpec;
import java.util.Timer;
import java.util.TimerTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What regions must let happen in their middle. */
class RegionsTest {
    private final Translator translator = new Translator(Translator.Settings.EAGER, Runnable::run);
    private final SoftGuest guest = new SoftGuest(1, MachineSpec.InterruptController.MONITOR, () -> translator);

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    void shouldLeaveALoopThatNeverEndsWhenKicked() {
        guest.code(a -> {
            a.xor(EAX, EAX);
            a.mov(RBX, SoftGuest.DATA);
            Label top = a.here();
            a.inc(RAX);
            a.mov(qword(RBX), RAX);
            a.jmp(top);
        });
        Timer timer = new Timer(true);
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        if (guest.get64(SoftGuest.DATA) > 1000) {
                            guest.vcpu.kick();
                        }
                    }
                },
                10,
                10);
        assertThat(guest.run()).isEqualTo(INTERRUPTED);
        timer.cancel();
        assertThat(guest.get(RAX)).isPositive();
        assertThat(translator.counters().entries).isPositive();
    }

    @Test
    void shouldRunWhatARegionWroteIntoItself() {
        guest.code(a -> {
            Label patched = a.label("patched");
            a.xor(EBX, EBX);
            a.mov(ECX, 100);
            Label top = a.here();
            a.bind(patched);
            a.mov(EAX, 0);
            a.add(EBX, EAX);
            Label skip = a.label("skip");
            a.test(ECX, 15);
            a.jnz(skip);
            a.inc(dwordAt(patched).plus(1));
            a.bind(skip);
            a.dec(ECX);
            a.jnz(top);
            a.hlt();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).isEqualTo(16 * (1 + 2 + 3 + 4 + 5) + 15 * 6);
        assertThat(translator.counters().regions).isPositive();
    }

    @Test
    void shouldReturnWithinARegionFromCallsOfItself() {
        guest.code(a -> {
            Label fibonacci = a.label("fibonacci");
            Label small = a.label("small");
            a.mov(EDI, 15);
            a.call(fibonacci);
            a.hlt();
            a.bind(fibonacci);
            a.cmp(RDI, 2);
            a.jb(small);
            a.push(RDI);
            a.dec(RDI);
            a.call(fibonacci);
            a.pop(RDI);
            a.push(RAX);
            a.sub(RDI, 2);
            a.call(fibonacci);
            a.pop(RDX);
            a.add(RAX, RDX);
            a.ret();
            a.bind(small);
            a.mov(RAX, RDI);
            a.ret();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RAX)).isEqualTo(610);
        assertThat(guest.get(RSP)).isEqualTo(SoftGuest.STACK);
        // Far fewer than the 1,973 calls that there are.
        assertThat(translator.counters().entries).isBetween(1L, 500L);
    }

    @Test
    void shouldNotTranslateForEverWhatIsWrittenForEver() {
        guest.code(a -> {
            a.mov(EDX, 1000);
            Label outer = a.here();
            a.inc(dword(SoftGuest.CODE + 0x1001));
            a.mov(ECX, 20);
            a.mov(RDI, SoftGuest.CODE + 0x1000);
            Label inner = a.here();
            a.call(RDI);
            a.add(RBX, RAX);
            a.dec(ECX);
            a.jnz(inner);
            a.dec(EDX);
            a.jnz(outer);
            a.hlt();
        });
        guest.code(CodeSize.CODE64, SoftGuest.CODE + 0x1000, a -> {
            a.mov(EAX, 0);
            a.ret();
        });
        assertThat(guest.run()).isEqualTo(HALT);
        assertThat(guest.get(RBX)).isEqualTo(20L * 1000 * 1001 / 2);
        // Not one or more for each of the thousand.
        assertThat(translator.counters().regions).isBetween(3L, 200L);
    }
}
