package io.paravert.soft.vcpu;

import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Vector;

/**
 * Pushes and pops by SS:rSP in every mode. A sequence of them works on {@link #pointer}, and RSP changes only by {@link #commit}, so
 * that a fault in the middle leaves it as it was. vCPU thread only.
 */
public final class Stack {
    private final Cpu cpu;
    private final LinearMemory memory;

    private long pointer;

    Stack(Cpu cpu, LinearMemory memory) {
        this.cpu = cpu;
        this.memory = memory;
    }

    /** Begins a sequence at RSP. */
    public Stack begin() {
        pointer = cpu.r[RSP];
        return this;
    }

    /** Where the sequence stands; bits above the stack's address size are RSP's. */
    public long pointer() {
        return pointer;
    }

    /** Moves without touching memory. */
    public void skip(long bytes) {
        pointer = moved(pointer, bytes);
    }

    private long moved(long from, long bytes) {
        long to = from + bytes;
        if (cpu.is64()) {
            return to;
        }
        return (cpu.mode & CodeMode.STACK32) != 0 ? to & 0xffff_ffffL : from & ~0xffffL | to & 0xffff;
    }

    private long linear(long at, int bytes, boolean store) {
        if (cpu.is64()) {
            long last = at + bytes - 1;
            if (at << 16 >> 16 != at || last << 16 >> 16 != last) {
                throw cpu.fault(Vector.SS);
            }
            return at;
        }
        long offset = (cpu.mode & CodeMode.STACK32) != 0 ? at & 0xffff_ffffL : at & 0xffff;
        return Segmentation.checked(cpu, Segment.SS, offset, bytes, store);
    }

    /** Pushes the low 2, 4 or 8 bytes of a value. */
    public void push(long value, int bytes) {
        long to = moved(pointer, -bytes);
        memory.store(linear(to, bytes, true), bytes, value);
        pointer = to;
    }

    /** Pops 2, 4 or 8 bytes, zero-extended. */
    public long pop(int bytes) {
        long value = peek(0, bytes);
        skip(bytes);
        return value;
    }

    /** What stands {@code offset} bytes above the pointer. */
    public long peek(long offset, int bytes) {
        return memory.load(linear(moved(pointer, offset), bytes, false), bytes);
    }

    /** Faults if a push of so many bytes would. */
    public void preparePushes(int bytes) {
        memory.prepareStore(linear(moved(pointer, -bytes), bytes, true), bytes);
    }

    /** Ends the sequence: RSP is where it stands. */
    public void commit() {
        cpu.r[RSP] = pointer;
    }

    /** One push. */
    public void pushOne(long value, int bytes) {
        begin().push(value, bytes);
        commit();
    }
}
