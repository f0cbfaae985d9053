package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.isa.asm.Label;
import java.util.Map;
import java.util.TreeMap;

/**
 * The interrupt table of a 64-bit guest (Intel SDM vol. 3, 6.14). The prologue builds and loads it on vCPU 0; each exception that
 * the guest does not handle itself ends it with a CRASH call that says which, where, and the address of a page fault.
 */
public final class Interrupts {
    private static final int VECTORS = 256;
    private static final int EXCEPTIONS = 32;
    private static final int GATE_BYTES = 16;
    private static final int INTERRUPT_GATE = 0x8e00;
    private static final int DPL_SHIFT = 13;
    private static final int ENTRY_BYTES = 16;

    /** Vectors at which the processor pushes an error code: #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC, #SX. */
    private static final int WITH_ERROR_CODE =
            1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | 1 << 21 | 1 << 29 | 1 << 30;

    private final PvAssembler asm;
    private final Map<Integer, Gate> gates = new TreeMap<>();
    private boolean wanted = true;

    /** Low 16 bits of {@code attributes}: the gate's second word, with IST and DPL. */
    private record Gate(Label handler, int attributes) {}

    Interrupts(PvAssembler asm) {
        this.asm = asm;
    }

    /**
     * Has a vector served by code of the guest's own, which ends with IRETQ; interrupts are off in it.
     *
     * @param vector 0 to 255
     * @param dpl the least privileged level that may call it by INT, 0 to 3
     */
    public Interrupts handle(int vector, int dpl, Label handler) {
        if (vector < 0 || vector >= VECTORS || dpl < 0 || dpl > 3 || gates.containsKey(vector)) {
            throw new GuestProgramException(
                    "a handler for vector %d at privilege level %d; expected a free vector 0 to 255 and a level 0 to 3",
                    vector, dpl);
        }
        gates.put(vector, new Gate(handler, INTERRUPT_GATE | dpl << DPL_SHIFT));
        return this;
    }

    /** Leaves the guest without an interrupt table: its first exception is a triple fault. */
    public void none() {
        wanted = false;
    }

    /** Loads the table on the vCPU that executes this; the prologue has done so on vCPU 0. */
    public void load() {
        asm.lidt(at(asm.routine("interrupt table register", this::registerImage)));
    }

    private void registerImage() {
        asm.dw(VECTORS * GATE_BYTES - 1);
        asm.dq(table(), 0);
    }

    private Label table() {
        return asm.shared("interrupt table", VECTORS * GATE_BYTES, GATE_BYTES);
    }

    /** For the prologue: what it does is known only at the end of the program. */
    void callInstall() {
        asm.call(asm.routine("install interrupt table", this::install));
    }

    private void install() {
        if (wanted) {
            Label entries = asm.data("interrupt handlers", Long.BYTES, this::handlers);
            Label next = asm.label();
            asm.lea(RSI, at(entries));
            asm.lea(RDI, at(table()));
            asm.mov(CX, CS);
            asm.bind(next);
            asm.mov(EDX, dword(RSI, 8));
            asm.shl(EDX, 4);
            asm.mov(RAX, qword(RSI));
            asm.mov(word(RDI, RDX, 1, 0), AX);
            asm.mov(word(RDI, RDX, 1, 2), CX);
            asm.mov(R8D, dword(RSI, 12));
            asm.mov(word(RDI, RDX, 1, 4), R8W);
            asm.shr(RAX, 16);
            asm.mov(word(RDI, RDX, 1, 6), AX);
            asm.shr(RAX, 16);
            asm.mov(dword(RDI, RDX, 1, 8), EAX);
            asm.add(RSI, ENTRY_BYTES);
            asm.cmp(dword(RSI, 8), 0);
            asm.jge(next);
            load();
        }
        asm.ret();
    }

    /** One entry a vector: handler, vector, attributes; the vector -1 ends them. */
    private void handlers() {
        for (int vector = 0; vector < EXCEPTIONS; vector++) {
            int number = vector;
            gates.computeIfAbsent(vector, v -> {
                Label stub = asm.routine("exception " + number, () -> stub(number));
                return new Gate(stub, INTERRUPT_GATE);
            });
        }
        gates.forEach((vector, gate) -> {
            asm.dq(gate.handler(), 0);
            asm.dd(vector, gate.attributes());
        });
        asm.dq(0);
        asm.dd(-1, 0);
    }

    private void stub(int vector) {
        if ((WITH_ERROR_CODE >>> vector & 1) == 0) {
            asm.push(0);
        }
        asm.push(vector);
        asm.jmp(asm.unhandledException());
    }
}
