package io.paravert.kvm;

import io.paravert.abi.Port;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.HypercallTransport;

/**
 * The guest that tries a transport: 64-bit code that calls the monitor for ever, and passes each call's result as the next
 * one's first argument, so that the monitor sees whether both directions work. It has no IDT: an undefined instruction is a
 * triple fault.
 */
final class ProbeGuest {
    static final int BYTES = 0x5000;
    /** What the guest calls. */
    static final int NUMBER = 0x5150;
    /** Where the guest knocks with {@link HypercallTransport#PORT}. */
    static final int PORT = Port.DEBUG_CONSOLE;

    static final int RAX = 0;
    static final int RDI = 7;

    private static final int PML4 = 0x1000;
    private static final int PDPT = 0x2000;
    private static final int PD = 0x3000;
    private static final int CODE = 0x4000;
    private static final int PRESENT_WRITABLE = 3;
    private static final int LARGE = 0x80;

    private ProbeGuest() {}

    /** @param memory host address of {@link #BYTES} zeroed bytes that the guest has at 0 */
    static void load(long memory, HypercallTransport transport, boolean vmmcall) {
        RawMemory.putLong(memory + PML4, PDPT | PRESENT_WRITABLE);
        RawMemory.putLong(memory + PDPT, PD | PRESENT_WRITABLE);
        RawMemory.putLong(memory + PD, LARGE | PRESENT_WRITABLE);
        byte[] code = code(transport, vmmcall);
        RawMemory.write(memory + CODE, code, 0, code.length);
    }

    private static byte[] code(HypercallTransport transport, boolean vmmcall) {
        byte call = (byte) (vmmcall ? 0xd9 : 0xc1);
        return switch (transport) {
            case PORT ->
                bytes(
                        0x48, 0x89, 0xc7, // mov rdi, rax
                        0xe6, PORT, //       out PORT, al
                        0xeb, 0xf9); //      jmp to the start
            case VMCALL_INTERCEPTED ->
                bytes(
                        0x48,
                        0x89,
                        0xc7, //                             mov rdi, rax
                        0xb8,
                        NUMBER & 0xff,
                        NUMBER >> 8,
                        0,
                        0, //       mov eax, NUMBER
                        0x0f,
                        0x01,
                        call, //                             vmcall
                        0xeb,
                        0xf3); //                                  jmp to the start
            case VMCALL_EXIT_HYPERCALL ->
                bytes(
                        0x48,
                        0x89,
                        0xc7, //                             mov rdi, rax
                        0x41,
                        0xbb,
                        NUMBER & 0xff,
                        NUMBER >> 8,
                        0,
                        0, // mov r11d, NUMBER
                        0xb8,
                        12,
                        0,
                        0,
                        0, //                            mov eax, 12
                        0x31,
                        0xdb, //                                   xor ebx, ebx
                        0xb9,
                        1,
                        0,
                        0,
                        0, //                             mov ecx, 1
                        0x0f,
                        0x01,
                        call, //                             vmcall
                        0xeb,
                        0xe6); //                                  jmp to the start
        };
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** 64-bit mode at CPL 0, flat segments, paging on (AMD APM vol. 2, 14.8). */
    static CpuState state() {
        CpuState state = new CpuState();
        for (int i = 0; i < state.segments.length; i++) {
            state.segments[i].set(0x10, 0, -1, i == CpuState.CS ? 0xa9b : 0xc93);
        }
        state.segments[CpuState.CS].selector = 8;
        state.tr.set(0, 0, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, CpuState.Segment.UNUSABLE);
        state.cr0 = 0x8000_0033L; // PG, NE, ET, MP, PE
        state.cr3 = PML4;
        state.cr4 = 0x20; // PAE
        state.efer = 0x500; // LMA, LME
        state.rip = CODE;
        state.general[4] = PML4;
        return state;
    }
}
