package io.paravert.kvm;

import io.paravert.kvm.uapi.Regs;
import io.paravert.kvm.uapi.Sregs;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;

/** {@link CpuState} to and from {@code kvm_regs} and {@code kvm_sregs}. */
final class StateCodec {
    /** Offsets by {@link CpuState#segments}' index: ES CS SS DS FS GS. */
    private static final int[] SEGMENTS = {Sregs.ES, Sregs.CS, Sregs.SS, Sregs.DS, Sregs.FS, Sregs.GS};

    private StateCodec() {}

    static void readRegs(long regs, CpuState state) {
        for (int i = 0; i < state.general.length; i++) {
            state.general[i] = RawMemory.getLong(regs + Regs.offset(i));
        }
        state.rip = RawMemory.getLong(regs + Regs.RIP);
        state.rflags = RawMemory.getLong(regs + Regs.RFLAGS);
    }

    static void writeRegs(long regs, CpuState state) {
        for (int i = 0; i < state.general.length; i++) {
            RawMemory.putLong(regs + Regs.offset(i), state.general[i]);
        }
        RawMemory.putLong(regs + Regs.RIP, state.rip);
        RawMemory.putLong(regs + Regs.RFLAGS, state.rflags);
    }

    static void readSregs(long sregs, CpuState state) {
        for (int i = 0; i < SEGMENTS.length; i++) {
            readSegment(sregs + SEGMENTS[i], state.segments[i]);
        }
        readSegment(sregs + Sregs.TR, state.tr);
        readSegment(sregs + Sregs.LDT, state.ldt);
        state.gdtBase = RawMemory.getLong(sregs + Sregs.GDT + Sregs.Table.BASE);
        state.gdtLimit = RawMemory.getShort(sregs + Sregs.GDT + Sregs.Table.LIMIT) & 0xffff;
        state.idtBase = RawMemory.getLong(sregs + Sregs.IDT + Sregs.Table.BASE);
        state.idtLimit = RawMemory.getShort(sregs + Sregs.IDT + Sregs.Table.LIMIT) & 0xffff;
        state.cr0 = RawMemory.getLong(sregs + Sregs.CR0);
        state.cr2 = RawMemory.getLong(sregs + Sregs.CR2);
        state.cr3 = RawMemory.getLong(sregs + Sregs.CR3);
        state.cr4 = RawMemory.getLong(sregs + Sregs.CR4);
        state.cr8 = RawMemory.getLong(sregs + Sregs.CR8);
        state.efer = RawMemory.getLong(sregs + Sregs.EFER);
        state.apicBase = RawMemory.getLong(sregs + Sregs.APIC_BASE);
    }

    /** Leaves APIC_BASE as it stands there if the state has none, and no interrupt waiting to be injected. */
    static void writeSregs(long sregs, CpuState state) {
        for (int i = 0; i < SEGMENTS.length; i++) {
            writeSegment(sregs + SEGMENTS[i], state.segments[i]);
        }
        writeSegment(sregs + Sregs.TR, state.tr);
        writeSegment(sregs + Sregs.LDT, state.ldt);
        RawMemory.putLong(sregs + Sregs.GDT + Sregs.Table.BASE, state.gdtBase);
        RawMemory.putShort(sregs + Sregs.GDT + Sregs.Table.LIMIT, (short) state.gdtLimit);
        RawMemory.putLong(sregs + Sregs.IDT + Sregs.Table.BASE, state.idtBase);
        RawMemory.putShort(sregs + Sregs.IDT + Sregs.Table.LIMIT, (short) state.idtLimit);
        RawMemory.putLong(sregs + Sregs.CR0, state.cr0);
        RawMemory.putLong(sregs + Sregs.CR2, state.cr2);
        RawMemory.putLong(sregs + Sregs.CR3, state.cr3);
        RawMemory.putLong(sregs + Sregs.CR4, state.cr4);
        RawMemory.putLong(sregs + Sregs.CR8, state.cr8);
        RawMemory.putLong(sregs + Sregs.EFER, state.efer);
        if (state.apicBase != 0) {
            RawMemory.putLong(sregs + Sregs.APIC_BASE, state.apicBase);
        }
        RawMemory.fill(sregs + Sregs.INTERRUPT_BITMAP, Sregs.SIZEOF - Sregs.INTERRUPT_BITMAP, (byte) 0);
    }

    private static void readSegment(long at, CpuState.Segment segment) {
        segment.set(
                RawMemory.getShort(at + Sregs.Segment.SELECTOR) & 0xffff,
                RawMemory.getLong(at + Sregs.Segment.BASE),
                RawMemory.getInt(at + Sregs.Segment.LIMIT),
                RawMemory.getByte(at + Sregs.Segment.TYPE) & 0xf
                        | bit(at + Sregs.Segment.S) << 4
                        | (RawMemory.getByte(at + Sregs.Segment.DPL) & 3) << 5
                        | bit(at + Sregs.Segment.PRESENT) << 7
                        | bit(at + Sregs.Segment.AVL) << 8
                        | bit(at + Sregs.Segment.L) << 9
                        | bit(at + Sregs.Segment.DB) << 10
                        | bit(at + Sregs.Segment.G) << 11
                        | bit(at + Sregs.Segment.UNUSABLE) << 16);
    }

    private static int bit(long at) {
        return RawMemory.getByte(at) == 0 ? 0 : 1;
    }

    private static void writeSegment(long at, CpuState.Segment segment) {
        int attributes = segment.attributes;
        RawMemory.putLong(at + Sregs.Segment.BASE, segment.base);
        RawMemory.putInt(at + Sregs.Segment.LIMIT, segment.limit);
        RawMemory.putShort(at + Sregs.Segment.SELECTOR, (short) segment.selector);
        RawMemory.putByte(at + Sregs.Segment.TYPE, (byte) (attributes & 0xf));
        RawMemory.putByte(at + Sregs.Segment.S, (byte) (attributes >> 4 & 1));
        RawMemory.putByte(at + Sregs.Segment.DPL, (byte) (attributes >> 5 & 3));
        RawMemory.putByte(at + Sregs.Segment.PRESENT, (byte) (attributes >> 7 & 1));
        RawMemory.putByte(at + Sregs.Segment.AVL, (byte) (attributes >> 8 & 1));
        RawMemory.putByte(at + Sregs.Segment.L, (byte) (attributes >> 9 & 1));
        RawMemory.putByte(at + Sregs.Segment.DB, (byte) (attributes >> 10 & 1));
        RawMemory.putByte(at + Sregs.Segment.G, (byte) (attributes >> 11 & 1));
        RawMemory.putByte(at + Sregs.Segment.UNUSABLE, (byte) (attributes >> 16 & 1));
    }
}
