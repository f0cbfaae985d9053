package io.paravert.soft;

import io.paravert.isa.Feature;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.soft.interpreter.Instructions;
import io.paravert.soft.numeric.ring3.Ring3State;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.VcpuExit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Supplier;

/**
 * A guest of the engine that runs code at ring 3 as the native harness does: the same addresses, one page of code and one of memory with
 * nothing around them. Exceptions go through the guest's IDT to a HLT of their own; code that ends does so by one that nothing else can cause.
 */
public final class GuestRing3 implements AutoCloseable {
    private static final long RAM = 2 << 20;
    private static final long PML4 = 0x1000;
    private static final long PDPT = 0x2000;
    private static final long DIRECTORY = 0x3000;
    private static final long TABLES = 0x4000;
    private static final long GDT = 0x8000;
    private static final long IDT = 0x9000;
    private static final long TSS = 0xa000;
    private static final long HANDLERS = 0xb000;
    private static final long STACK0 = 0xd000;
    private static final long CODE_PAGE = 0x10_0000;
    private static final long MEM_PAGE = 0x10_1000;
    private static final long SETUP = 0xe000;
    private static final int CODE64 = 0x08;
    private static final int USER_CODE = 0x33;
    private static final int USER_CODE32 = 0x23;
    /** Selectors of the native harness's 16-bit segments, which its local table has; here the registers have them loaded. */
    private static final int LOCAL_CODE = 0x07;

    private static final int LOCAL_DATA = 0x0f;
    private static final int USER_DATA = 0x2b;
    /** What the native harness has behind its code, JMP [0x13570010], so that code that reads itself sees the same; here a page fault. */
    private static final byte[] LEAVE = {(byte) 0xff, 0x24, 0x25, 0x10, 0x00, 0x57, 0x13};

    private static final long LEAVE_ADDRESS = 0x1357_0010;
    /** As {@link #LEAVE}, of 32- and 16-bit code: a far jump to 64-bit code that is not there. */
    private static final byte[] LEAVE32 = {(byte) 0xea, 0x00, 0x0e, 0x57, 0x13, 0x33, 0x00};

    private static final byte[] LEAVE16 = {0x66, (byte) 0xea, 0x00, 0x0e, 0x57, 0x13, 0x33, 0x00};
    private static final long LEGACY_LEAVE_ADDRESS = 0x1357_0e00;

    private final HostMapping ram = HostMapping.allocate(RAM);
    private final SoftMachine machine;
    private final EngineVcpu vcpu;
    private final CpuState state = new CpuState();
    private final VcpuExit exit = new VcpuExit();
    private final byte[] xsave = new byte[832];
    private final ByteBuffer area = ByteBuffer.wrap(xsave).order(ByteOrder.LITTLE_ENDIAN);

    /** @param tiers gives a second tier, which runs what {@link #again} repeats */
    public GuestRing3(Supplier<Tier> tiers) {
        machine = new SoftMachine(
                new MachineSpec(
                        "ring3",
                        1,
                        MachineSpec.InterruptController.MONITOR,
                        HypercallTransport.VMCALL_INTERCEPTED,
                        List.of()),
                tiers);
        machine.mapMemory(0, ram.address(), RAM, false);
        vcpu = machine.createVcpu(0);
        writeTables();
        enableVectors();
    }

    /** XCR0 takes all that there is, by code at ring 0. */
    private void enableVectors() {
        int components = Instructions.implemented().contains(Feature.AVX) ? 7 : 3;
        byte[] code = {
            (byte) 0xb8,
            (byte) components,
            0,
            0,
            0,
            0x31,
            (byte) 0xd2,
            0x31,
            (byte) 0xc9,
            0x0f,
            0x01,
            (byte) 0xd1,
            (byte) 0xf4
        };
        RawMemory.write(ram.address() + SETUP, code, 0, code.length);
        prepare(new Ring3State());
        state.rip = SETUP;
        state.segments[CpuState.SS].set(0x10, 0, -1, 0xc93);
        state.segments[CpuState.CS].set(CODE64, 0, -1, 0xa9b);
        vcpu.writeState(state);
        ExitReason reason = vcpu.run(exit);
        vcpu.readState(state);
        if (reason != ExitReason.HALT || state.rip != SETUP + code.length) {
            throw new IllegalStateException("XSETBV failed: " + exit);
        }
    }

    private void put(long gpa, long value) {
        RawMemory.putLong(ram.address() + gpa, value);
    }

    private void writeTables() {
        put(PML4, PDPT | 7);
        put(PDPT, DIRECTORY | 7);
        map(0, TABLES);
        for (int i = 0; i < 16; i++) {
            put(TABLES + 8 * i, (long) i << 12 | 3);
        }
        map(Ring3State.CODE_ADDRESS, TABLES + 0x1000);
        put(TABLES + 0x1000 + 8 * (Ring3State.CODE_ADDRESS >> 12 & 511), CODE_PAGE | 7);
        map(Ring3State.MEM_ADDRESS, TABLES + 0x2000);
        put(TABLES + 0x2000 + 8 * (Ring3State.MEM_ADDRESS >> 12 & 511), MEM_PAGE | 7);
        put(GDT + CODE64, 0x00af9b000000ffffL);
        put(GDT + 0x10, 0x00cf93000000ffffL);
        put(GDT + 0x20, 0x00cffb000000ffffL);
        put(GDT + 0x28, 0x00cff3000000ffffL);
        put(GDT + 0x30, 0x00affb000000ffffL);
        put(GDT + 0x40, 0x00008b0000000067L | TSS << 16);
        put(TSS + 4, STACK0);
        for (int vector = 0; vector < 32; vector++) {
            long handler = HANDLERS + 16 * vector;
            put(IDT + 16L * vector, handler & 0xffff | CODE64 << 16 | 0xee00L << 32);
            RawMemory.putByte(ram.address() + handler, (byte) 0xf4);
        }
    }

    private void map(long va, long table) {
        put(DIRECTORY + 8 * (va >> 21 & 511), table | 7);
    }

    /** Runs code on a state, as the native harness does; {@code out} is overwritten. */
    public void run(int size, byte[] code, Ring3State in, Ring3State out) {
        long page = ram.address() + CODE_PAGE;
        RawMemory.fill(page, 0x1000, (byte) 0);
        RawMemory.write(page, code, 0, code.length);
        byte[] leave = size == 64 ? LEAVE : size == 32 ? LEAVE32 : LEAVE16;
        RawMemory.write(page + code.length, leave, 0, leave.length);
        machine.memory().codeWatch().writtenRange(CODE_PAGE, 0x1000);
        again(size, code, in, out);
    }

    /** Runs once more the code that is there; it must not have changed itself. */
    public void again(int size, byte[] code, Ring3State in, Ring3State out) {
        RawMemory.fill(ram.address() + MEM_PAGE, 0x1000, (byte) 0);
        RawMemory.write(ram.address() + MEM_PAGE, in.mem.array(), 0, Ring3State.MEM_BYTES);
        prepare(in);
        selectSegments(size);
        vcpu.writeState(state);
        vcpu.writeXsave(xsave);
        ExitReason reason = vcpu.run(exit);
        vcpu.readState(state);
        System.arraycopy(state.general, 0, out.gpr, 0, 16);
        out.rflags = state.rflags;
        if (reason == ExitReason.HALT) {
            takeFault(size, code.length, out);
        } else {
            throw new AssertionError(
                    "the guest left by " + reason + " " + exit.failure() + " at RIP 0x" + Long.toHexString(state.rip));
        }
        byte[] left = vcpu.readXsave();
        System.arraycopy(left, 0, out.fx.array(), 0, 160);
        ByteBuffer x = ByteBuffer.wrap(left).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 16; i++) {
            out.ymm[4 * i] = x.getLong(160 + 16 * i);
            out.ymm[4 * i + 1] = x.getLong(168 + 16 * i);
            out.ymm[4 * i + 2] = x.getLong(576 + 16 * i);
            out.ymm[4 * i + 3] = x.getLong(584 + 16 * i);
        }
        RawMemory.read(ram.address() + MEM_PAGE, out.mem.array(), 0, Ring3State.MEM_BYTES);
    }

    private void prepare(Ring3State in) {
        System.arraycopy(in.gpr, 0, state.general, 0, 16);
        state.rip = Ring3State.CODE_ADDRESS;
        state.rflags = in.rflags;
        state.cr0 = 0x8005_0033L;
        state.cr2 = 0;
        state.cr3 = PML4;
        state.cr4 = 0x4_06a0;
        state.efer = 0xd01;
        for (CpuState.Segment segment : state.segments) {
            segment.set(0, 0, -1, CpuState.Segment.UNUSABLE);
        }
        state.segments[CpuState.SS].set(USER_DATA, 0, -1, 0xcf3);
        state.segments[CpuState.CS].set(USER_CODE, 0, -1, 0xafb);
        state.tr.set(0x40, TSS, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, 0x82 | CpuState.Segment.UNUSABLE);
        state.gdtBase = GDT;
        state.gdtLimit = 0xfff;
        state.idtBase = IDT;
        state.idtLimit = 0x1ff;
        System.arraycopy(in.fx.array(), 0, xsave, 0, 160);
        for (int i = 0; i < 16; i++) {
            area.putLong(160 + 16 * i, in.ymm[4 * i]).putLong(168 + 16 * i, in.ymm[4 * i + 1]);
            area.putLong(576 + 16 * i, in.ymm[4 * i + 2]).putLong(584 + 16 * i, in.ymm[4 * i + 3]);
        }
        area.putLong(512, 7);
    }

    /** The state at the fault, from the handler's frame; code of {@code length} bytes has none if it came to its end. */
    private void takeFault(int size, int length, Ring3State out) {
        int vector = (int) (state.rip - 1 - HANDLERS) / 16;
        boolean withError = vector == 8 || vector >= 10 && vector <= 14 || vector == 17;
        long frame = ram.address() + state.general[4] + (withError ? 8 : 0);
        out.trap = vector;
        out.cr2 = vector == 14 ? state.cr2 : 0;
        long rip = RawMemory.getLong(frame);
        out.rip = rip - (size == 16 ? 0 : Ring3State.CODE_ADDRESS);
        out.rflags = RawMemory.getLong(frame + 16);
        out.gpr[4] = RawMemory.getLong(frame + 24);
        boolean ended = size == 64
                ? out.cr2 == LEAVE_ADDRESS && out.rip == length
                : out.cr2 == LEGACY_LEAVE_ADDRESS && rip == LEGACY_LEAVE_ADDRESS;
        if (vector == 14 && ended) {
            out.trap = -1;
            out.cr2 = 0;
            out.rip = length;
        }
    }

    private void selectSegments(int size) {
        CpuState.Segment[] segments = state.segments;
        boolean wide = size != 16;
        for (int data : new int[] {CpuState.DS, CpuState.ES, CpuState.SS}) {
            segments[data].set(
                    wide ? USER_DATA : LOCAL_DATA,
                    wide ? 0 : Ring3State.MEM_ADDRESS,
                    wide ? -1 : 0xfff,
                    wide ? 0xcf3 : 0xf3);
        }
        if (size == 64) {
            return;
        }
        segments[CpuState.CS].set(
                wide ? USER_CODE32 : LOCAL_CODE,
                wide ? 0 : Ring3State.CODE_ADDRESS,
                wide ? -1 : 0xfff,
                wide ? 0xcfb : 0xfb);
        state.rip = wide ? Ring3State.CODE_ADDRESS : 0;
    }

    @Override
    public void close() {
        vcpu.close();
        machine.close();
        ram.close();
    }
}
