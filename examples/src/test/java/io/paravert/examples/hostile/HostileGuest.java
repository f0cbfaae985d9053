package io.paravert.examples.hostile;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.CallRange;
import io.paravert.abi.CallSlotLayout;
import io.paravert.abi.Gpa;
import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.abi.Port;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.KernelTables;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Label;

/**
 * A guest that calls what it likes with what it likes. It makes its numbers itself (xorshift64 in R15), so that a run is its seed, and it
 * does so in ring 3 with I/O privilege, which every engine runs fast. A round is one multicall of 64 calls, some calls by registers and
 * by slot, and accesses to any port and any address that is not its RAM.
 *
 * <p>It does not end itself: it leaves SHUTDOWN, CRASH and stopping its own vCPU out, does not wait without end, and lets nothing be
 * written to its own code. R14 counts rounds.
 */
final class HostileGuest {
    /** RAM that it must be given, bytes. */
    static final long RAM = 64L << 20;

    private static final int BATCH = Limit.MULTICALL_ENTRIES;
    private static final int BY_REGISTERS = 3;
    private static final int BY_SLOT = 2;
    private static final int PORT_ACCESSES = 4;
    private static final int MMIO_ACCESSES = 3;
    private static final int SCRATCH = 16 << 20;
    private static final int SCRATCH_MASK = (16 << 20) - 1;
    private static final int ARGUMENTS = 6;

    private final PvAssembler g;
    private final Label entries;
    private final Label number;
    private final Label argument;

    private HostileGuest(PvAssembler g) {
        this.g = g;
        this.entries = g.reserve("entries", BATCH * CallSlotLayout.SIZE, CallSlotLayout.SIZE);
        this.number = g.label("random number of a call");
        this.argument = g.label("random argument");
    }

    /** Hypercalls that it makes in so many rounds, without those that random port writes happen to make. */
    static long calls(int rounds) {
        return (long) rounds * (BATCH + BY_REGISTERS + BY_SLOT);
    }

    static GuestProgram program(long seed, int rounds) {
        return PvAssembler.program("hostile", GuestMode.LONG, g -> new HostileGuest(g).body(seed, rounds));
    }

    private void body(long seed, int rounds) {
        Label stack = g.stack(4096);
        Label application = g.label("application");
        new KernelTables(g, page -> true, true).load().enterUser(application, stack);
        g.bind(number);
        randomNumber();
        g.bind(argument);
        randomArgument();

        g.bind(application);
        g.mov(R15, seed == 0 ? 1 : seed);
        g.mov(R14D, rounds);
        Label round = g.here("round");
        batch();
        for (int i = 0; i < BY_REGISTERS; i++) {
            callByRegisters();
        }
        for (int i = 0; i < BY_SLOT; i++) {
            callBySlot();
        }
        for (int i = 0; i < PORT_ACCESSES; i++) {
            accessPort();
        }
        for (int i = 0; i < MMIO_ACCESSES; i++) {
            accessMmio();
        }
        g.dec(R14D);
        g.jnz(round);
        g.xor(EDI, EDI);
        g.xor(ESI, ESI);
        g.mov(EAX, Hypercall.SHUTDOWN);
        g.out(Port.FAST, EAX);
    }

    /** The next 64 random bits, in RAX. */
    private void next() {
        g.mov(RAX, R15);
        g.shl(RAX, 13);
        g.xor(R15, RAX);
        g.mov(RAX, R15);
        g.shr(RAX, 7);
        g.xor(R15, RAX);
        g.mov(RAX, R15);
        g.shl(RAX, 17);
        g.xor(R15, RAX);
        g.mov(RAX, R15);
    }

    /** RAX; takes RCX. Five of eight in the core range, two in the plugins', one anywhere. */
    private void randomNumber() {
        Label anywhere = g.label();
        Label core = g.label();
        Label harmless = g.label();
        next();
        g.mov(ECX, EAX);
        g.shr(RAX, 8);
        g.and(ECX, 7);
        g.cmp(ECX, 5);
        g.jb(core);
        g.cmp(ECX, 7);
        g.je(anywhere);
        g.and(EAX, 7);
        g.add(EAX, CallRange.PLUGIN_FIRST);
        g.ret();
        g.bind(core);
        g.and(EAX, 0x7f);
        g.bind(anywhere);
        for (int fatal : new int[] {Hypercall.SHUTDOWN, Hypercall.CRASH, Hypercall.VCPU_STOP, Hypercall.VCPU_POLL}) {
            g.cmp(RAX, fatal);
            g.je(harmless);
        }
        g.ret();
        g.bind(harmless);
        g.mov(EAX, Hypercall.NULL);
        g.ret();
    }

    /** RAX; takes RCX. Small, huge, in RAM, across its end, beyond it, and lengths. */
    private void randomArgument() {
        Label[] kinds = new Label[8];
        for (int i = 1; i < kinds.length; i++) {
            kinds[i] = g.label();
        }
        next();
        g.mov(ECX, EAX);
        g.and(ECX, 7);
        for (int i = 1; i < kinds.length; i++) {
            g.cmp(ECX, i);
            g.je(kinds[i]);
        }
        g.shr(RAX, 60);
        g.ret();
        g.bind(kinds[1]);
        // Bit 63 keeps a wild address out of RAM, as nearly all are.
        g.bts(RAX, 63);
        g.ret();
        g.bind(kinds[2]);
        g.bind(kinds[3]);
        g.shr(RAX, 8);
        g.and(EAX, SCRATCH_MASK);
        g.add(EAX, SCRATCH);
        g.ret();
        g.bind(kinds[4]);
        g.shr(RAX, 8);
        g.and(EAX, SCRATCH_MASK & -4096);
        g.add(EAX, SCRATCH);
        g.ret();
        g.bind(kinds[5]);
        g.shr(RAX, 55);
        g.neg(RAX);
        g.add(RAX, RAM);
        g.ret();
        g.bind(kinds[6]);
        g.shr(RAX, 61);
        g.not(RAX);
        g.ret();
        g.bind(kinds[7]);
        g.shr(RAX, 47);
        g.ret();
    }

    /** Fills a call slot at RBX; takes RAX, RCX. */
    private void fillSlot() {
        g.call(number);
        g.mov(qword(RBX, CallSlotLayout.NUMBER_OFFSET), RAX);
        for (int i = 0; i < ARGUMENTS; i++) {
            g.call(argument);
            g.mov(qword(RBX, CallSlotLayout.ARGUMENTS_OFFSET + (long) i * CallSlotLayout.ARGUMENTS_STRIDE), RAX);
        }
    }

    private void batch() {
        g.lea(RBX, at(entries));
        g.lea(RBP, at(entries).plus(BATCH * CallSlotLayout.SIZE));
        Label fill = g.here();
        fillSlot();
        g.add(RBX, CallSlotLayout.SIZE);
        g.cmp(RBX, RBP);
        g.jb(fill);
        g.lea(RDI, at(entries));
        g.mov(ESI, BATCH);
        g.xor(EDX, EDX);
        g.mov(EAX, Hypercall.MULTICALL);
        g.out(Port.FAST, EAX);
    }

    private void callByRegisters() {
        for (Register register : new Register[] {RDI, RSI, RDX, R10, R8, R9}) {
            g.call(argument);
            g.mov(register, RAX);
        }
        g.call(number);
        g.out(Port.FAST, EAX);
    }

    private void callBySlot() {
        g.mov(EBX, Gpa.CALL_PAGES);
        fillSlot();
        g.xor(EAX, EAX);
        g.mov(EDX, Port.CALL);
        g.out(DX, EAX);
    }

    /** Any port but those at which the guest would end itself or call with what happens to be in its registers. */
    private void accessPort() {
        Label skip = g.label();
        Label read = g.label();
        Label small = g.label();
        Label readSmall = g.label();
        next();
        g.mov(EDX, EAX);
        g.shr(EDX, 16);
        g.mov(ECX, EDX);
        g.and(ECX, 0xffe0);
        g.cmp(ECX, Port.FAST & ~0x1f);
        g.je(skip);
        // An access across the last port is #GP where the TSS's bitmap decides.
        g.cmp(ECX, 0xffe0);
        g.je(skip);
        g.test(EAX, 1);
        g.jz(small);
        g.test(EAX, 2);
        g.jz(read);
        g.out(DX, EAX);
        g.jmp(skip);
        g.bind(read);
        g.in(EAX, DX);
        g.jmp(skip);
        g.bind(small);
        g.test(EAX, 2);
        g.jz(readSmall);
        g.out(DX, AL);
        g.out(DX, AX);
        g.jmp(skip);
        g.bind(readSmall);
        g.in(AL, DX);
        g.in(AX, DX);
        g.bind(skip);
    }

    /** Any address from the end of RAM to 4 GiB, one time in four near the doorbell; 1, 2, 4 and 8 bytes, aligned or not. */
    private void accessMmio() {
        Label anywhere = g.label();
        Label inside = g.label();
        Label store = g.label();
        Label done = g.label();
        next();
        g.mov(RCX, RAX);
        g.shr(RCX, 8);
        g.test(AL, 3);
        g.jnz(anywhere);
        g.and(ECX, 0x1ffff);
        g.add(ECX, (int) Gpa.DOORBELL);
        g.jmp(inside);
        g.bind(anywhere);
        g.and(ECX, -1);
        g.cmp(ECX, (int) RAM);
        g.jae(inside);
        g.add(ECX, (int) RAM);
        g.bind(inside);
        // Not within eight bytes of 4 GiB: the page tables end there.
        g.btr(ECX, 12);
        g.test(AL, 4);
        g.jnz(store);
        g.mov(RDX, qword(RCX));
        g.mov(DX, word(RCX));
        g.movzx(EDX, byte_(RCX));
        g.jmp(done);
        g.bind(store);
        g.mov(dword(RCX), EAX);
        g.mov(byte_(RCX), AL);
        g.mov(qword(RCX), RAX);
        g.bind(done);
    }
}
