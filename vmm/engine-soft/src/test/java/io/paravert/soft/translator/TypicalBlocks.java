package io.paravert.soft.translator;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Bodies of a loop that R15 counts, each for one thing that the emitter does. RBX points to data. */
final class TypicalBlocks {
    private static final Map<String, Consumer<Assembler>> ALL = new LinkedHashMap<>();

    private TypicalBlocks() {}

    static Map<String, Consumer<Assembler>> all() {
        return ALL;
    }

    static {
        moves();
        arithmetic();
        flags();
        control();
        others();
    }

    private static void moves() {
        ALL.put("move-registers", a -> {
            a.mov(RAX, RCX);
            a.mov(EDX, EAX);
            a.mov(ESI, 7);
        });
        ALL.put("move-small-registers", a -> {
            a.mov(AL, CL);
            a.mov(AH, DL);
            a.mov(AX, SI);
        });
        ALL.put("extend", a -> {
            a.movzx(EAX, CL);
            a.movsx(RDX, CX);
            a.movsxd(RSI, ECX);
        });
        ALL.put("load", a -> {
            a.mov(RAX, qword(RBX));
            a.mov(ECX, dword(RBX, RSI, 4, 16));
        });
        ALL.put("load-extended", a -> {
            a.movzx(EAX, byte_(RBX));
            a.movsxd(RDX, dword(RBX, 8));
        });
        ALL.put("store", a -> {
            a.mov(qword(RBX), RAX);
            a.mov(dword(RBX, 8), ECX);
            a.mov(byte_(RBX, 12), DL);
        });
        ALL.put("store-immediate", a -> a.mov(dword(RBX, 4), 5));
        ALL.put("address", a -> {
            a.lea(RAX, mem(RBX, RCX, 8, 24));
            a.lea(EDX, mem(RAX, 1));
        });
        ALL.put("push-pop", a -> {
            a.push(RAX);
            a.pop(RCX);
        });
        ALL.put("exchange", a -> {
            a.xchg(RAX, RCX);
            a.bswap(RDX);
        });
    }

    private static void arithmetic() {
        ALL.put("add", a -> {
            a.add(RAX, RCX);
            a.add(EDX, 5);
        });
        ALL.put("add-from-memory", a -> a.add(RAX, qword(RBX)));
        ALL.put("add-to-memory", a -> a.add(dword(RBX), EAX));
        ALL.put("add-with-carry", a -> {
            a.add(RAX, RCX);
            a.adc(RDX, 0);
        });
        ALL.put("logic", a -> {
            a.and(RAX, 0xff);
            a.or(RCX, RAX);
            a.xor(RDX, RCX);
            a.xor(ESI, ESI);
        });
        ALL.put("increment-keeps-carry", a -> {
            a.add(RAX, RCX);
            a.inc(RDX);
            a.adc(RSI, 0);
        });
        ALL.put("shift-by-constant", a -> {
            a.shl(RAX, 3);
            a.shr(ECX, 5);
            a.sar(RDX, 1);
        });
        ALL.put("shift-by-register", a -> a.shl(RAX, CL));
        ALL.put("rotate", a -> a.rol(EAX, 7));
        ALL.put("multiply", a -> {
            a.imul(RAX, RCX);
            a.mul(RDX);
        });
        ALL.put("divide", a -> {
            a.xor(EDX, EDX);
            a.mov(ECX, 3);
            a.div(RCX);
        });
        ALL.put("negate", a -> {
            a.neg(RAX);
            a.not(RCX);
        });
    }

    private static void flags() {
        ALL.put("dead-flags", a -> {
            a.add(RAX, 1);
            a.sub(RCX, 2);
            a.xor(RDX, RAX);
            a.cmp(RAX, RDX);
        });
        ALL.put("set-by-condition", a -> {
            a.cmp(RAX, RCX);
            a.setb(AL);
            a.setle(DL);
        });
        ALL.put("move-by-condition", a -> {
            a.test(RAX, RAX);
            a.cmovz(RCX, RDX);
        });
        ALL.put("bit-test", a -> {
            a.bt(RAX, 5);
            a.adc(RCX, 0);
        });
        ALL.put("flags-as-a-value", a -> {
            a.cmp(RAX, RCX);
            a.lahf();
        });
    }

    private static void control() {
        ALL.put("compare-and-branch", a -> {
            Label skip = a.label("skip");
            a.cmp(RAX, RCX);
            a.jl(skip);
            a.inc(RAX);
            a.bind(skip);
        });
        ALL.put("test-and-branch", a -> {
            Label skip = a.label("skip");
            a.test(EAX, 3);
            a.jnz(skip);
            a.inc(RCX);
            a.bind(skip);
        });
        ALL.put("unsigned-compare-with-memory", a -> {
            Label skip = a.label("skip");
            a.cmp(dword(RBX), 7);
            a.ja(skip);
            a.inc(RCX);
            a.bind(skip);
        });
        ALL.put("call-and-return", a -> {
            Label function = a.label("function");
            Label over = a.label("over");
            a.call(function);
            a.jmp(over);
            a.bind(function);
            a.inc(RAX);
            a.ret();
            a.bind(over);
        });
        ALL.put("indirect-jump", a -> {
            Label target = a.label("target");
            a.lea(RAX, at(target));
            a.jmp(RAX);
            a.bind(target);
        });
    }

    private static void others() {
        ALL.put("locked", a -> a.lock().inc(qword(RBX)));
        ALL.put("repeated-store", a -> {
            a.mov(RDI, RBX);
            a.mov(ECX, 16);
            a.rep().stosq();
        });
        ALL.put("repeated-move", a -> {
            a.mov(RSI, RBX);
            a.lea(RDI, mem(RBX, 64));
            a.mov(ECX, 24);
            a.rep().movsb();
        });
        ALL.put("segment-base", a -> a.mov(RAX, qword(RBX).withSegment(GS)));
        ALL.put("by-the-interpreter", a -> {
            a.xor(EAX, EAX);
            a.mov(RSI, RBX);
            a.cpuid();
            a.mov(RBX, RSI);
        });
        ALL.put("vector-moves", a -> {
            a.movdqu(XMM0, xmmword(RBX));
            a.movaps(XMM1, XMM0);
            a.movdqu(xmmword(RBX, 16), XMM1);
        });
        ALL.put("scalar-double", a -> {
            a.addsd(XMM0, XMM1);
            a.mulsd(XMM0, qword(RBX));
            a.sqrtsd(XMM2, XMM0);
        });
        ALL.put("packed-double", a -> {
            a.mulpd(XMM0, XMM1);
            a.addpd(XMM2, XMM0);
        });
    }

    /** The loop of a body, at the guest's code. */
    static void load(SoftGuest guest, Consumer<Assembler> body) {
        guest.code(a -> {
            a.mov(RBX, SoftGuest.DATA);
            a.xor(EAX, EAX);
            a.xor(ECX, ECX);
            a.xor(EDX, EDX);
            a.xor(ESI, ESI);
            a.mov(R15D, 20);
            Label top = a.here();
            body.accept(a);
            a.dec(R15);
            a.jnz(top);
            a.hlt();
        });
    }
}
