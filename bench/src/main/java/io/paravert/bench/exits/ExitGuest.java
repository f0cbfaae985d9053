package io.paravert.bench.exits;

import io.paravert.abi.Hypercall;
import io.paravert.abi.Port;
import io.paravert.vmm.engine.CpuState;

/**
 * The guest of every measurement, byte for byte the one in {@code kvmloop.c}: 64-bit code at CPL 0 that writes the number of
 * the null call to a port so many times, then writes to {@link #MARK} and begins again.
 */
final class ExitGuest {
    /** Where a pass ends. */
    static final int MARK = 0xea;

    /** The guest's memory from here on is the guest's. */
    static final int BASE = 0x10_0000;

    private static final int PML4 = BASE;
    private static final int PDPT = BASE + 0x1000;
    private static final int PD = BASE + 0x2000;
    private static final int CODE = BASE + 0x3000;
    private static final int LARGE_PRESENT_WRITABLE = 0x83;

    private ExitGuest() {}

    /** Takes 64-bit words for guest-physical addresses. */
    interface Memory {
        void write(long gpa, long value);
    }

    /**
     * @param port what the guest writes to, 8 bits
     * @param exits writes of one pass
     */
    static void load(Memory memory, int port, int exits) {
        memory.write(PML4, PDPT | 3);
        memory.write(PDPT, PD | 3);
        memory.write(PD, LARGE_PRESENT_WRITABLE);
        Code code = new Code();
        code.bytes(0xbb, exits, exits >> 8, exits >> 16, exits >> 24); // again: mov ebx, exits
        code.bytes(0xb8, Hypercall.NULL, 0, 0, 0); //                     next:  mov eax, NULL
        code.bytes(0xe7, port); //                                               out port, eax
        code.bytes(0xff, 0xcb); //                                               dec ebx
        code.bytes(0x75, 0xf5); //                                               jnz next
        code.bytes(0xe7, MARK); //                                               out MARK, eax
        code.bytes(0xeb, 0xec); //                                               jmp again
        code.store(memory, CODE);
    }

    /** The port of the ABI's calls: a write is a hypercall. */
    static int callPort() {
        return Port.FAST;
    }

    static CpuState state() {
        CpuState state = new CpuState();
        for (CpuState.Segment segment : state.segments) {
            segment.set(0x10, 0, -1, 0xc93);
        }
        state.segments[CpuState.CS].set(8, 0, -1, 0xa9b);
        state.tr.set(0, 0, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, CpuState.Segment.UNUSABLE);
        state.cr0 = 0x8000_0033L;
        state.cr3 = PML4;
        state.cr4 = 0x20;
        state.efer = 0x500;
        state.rip = CODE;
        return state;
    }

    private static final class Code {
        private final byte[] code = new byte[32];
        private int length;

        void bytes(int... values) {
            for (int value : values) {
                code[length++] = (byte) value;
            }
        }

        void store(Memory memory, long gpa) {
            for (int at = 0; at < code.length; at += Long.BYTES) {
                long word = 0;
                for (int i = 0; i < Long.BYTES; i++) {
                    word |= (code[at + i] & 0xffL) << 8 * i;
                }
                memory.write(gpa + at, word);
            }
        }
    }
}
