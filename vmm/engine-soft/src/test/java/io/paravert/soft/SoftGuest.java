package io.paravert.soft;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Assembler;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.VcpuExit;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bare guest of 16 MiB for tests of the engine: 64-bit code at privilege 0, the first GiB mapped onto itself (all 4 KiB pages of
 * the first 2 MiB, open to users), a GDT with segments of all kinds, and an IDT each of whose gates leads to a HLT of its own, so
 * that {@link #vector} can tell which exception came.
 */
public final class SoftGuest implements AutoCloseable {
    public static final long RAM = 16 << 20;
    public static final long CODE = 0x10_0000;
    public static final long DATA = 0x18_0000;
    public static final long STACK = 0xf_0000;
    /** Stack that the TSS names for privilege 0, and one for IST 1. */
    public static final long STACK0 = 0xe_0000;

    public static final long STACK_IST = 0xd_0000;
    /** Guest-physical space without memory. */
    public static final long DEVICE = 0x2000_0000;

    public static final long PML4 = 0x1000;
    public static final long PDPT = 0x2000;
    public static final long DIRECTORY = 0x3000;
    public static final long TABLE = 0x4000;
    public static final long GDT = 0x5000;
    public static final long IDT = 0x6000;
    public static final long TSS = 0x7000;
    public static final long HANDLERS = 0x8000;

    public static final int CODE64 = 0x08;
    public static final int DATA0 = 0x10;
    public static final int USER_CODE64 = 0x18 | 3;
    public static final int USER_DATA = 0x20 | 3;
    public static final int CODE32 = 0x28;
    public static final int CODE16 = 0x30;
    public static final int USER_CODE32 = 0x38 | 3;
    public static final int TASK = 0x40;
    /** First selector that a test may define. */
    public static final int FREE = 0x60;

    private static final long DEADLINE = 10_000;
    private static final Timer WATCHDOG = new Timer("watchdog", true);

    public final CpuState state = new CpuState();
    public final VcpuExit exit = new VcpuExit();
    public final EngineMachine machine;
    public final EngineVcpu vcpu;
    private final HostMapping ram = HostMapping.allocate(RAM);

    public SoftGuest() {
        this(1);
    }

    public SoftGuest(int vcpus) {
        this(vcpus, MachineSpec.InterruptController.MONITOR);
    }

    public SoftGuest(int vcpus, MachineSpec.InterruptController controller) {
        this(vcpus, controller, Tiers::usual);
    }

    /** With a second tier of the test's own. */
    public SoftGuest(int vcpus, MachineSpec.InterruptController controller, Supplier<Tier> tiers) {
        this(vcpus, controller, tiers, null);
    }

    /** With time by instructions, if there is a meter. */
    SoftGuest(int vcpus, MachineSpec.InterruptController controller, Supplier<Tier> tiers, @Nullable Meter meter) {
        machine = new SoftMachine(
                new MachineSpec(
                        "test",
                        vcpus,
                        controller,
                        HypercallTransport.VMCALL_INTERCEPTED,
                        List.of(new MachineSpec.CpuidEntry(0x4000_0000, 1, 2, 3, 4))),
                tiers,
                meter);
        machine.mapMemory(0, ram.address(), RAM, false);
        vcpu = machine.createVcpu(0);
        writePageTables();
        writeSegments();
        writeInterruptTable();
        setLongMode(state);
        vcpu.writeState(state);
    }

    private void writePageTables() {
        put64(PML4, PDPT | 7);
        put64(PDPT, DIRECTORY | 7);
        put64(DIRECTORY, TABLE | 7);
        for (int i = 1; i < 512; i++) {
            put64(DIRECTORY + 8 * i, (long) i << 21 | 0x87);
        }
        for (int i = 0; i < 512; i++) {
            put64(TABLE + 8 * i, (long) i << 12 | 7);
        }
    }

    private void writeSegments() {
        put64(GDT + CODE64, 0x00af9b000000ffffL);
        put64(GDT + DATA0, 0x00cf93000000ffffL);
        put64(GDT + 0x18, 0x00affb000000ffffL);
        put64(GDT + 0x20, 0x00cff3000000ffffL);
        put64(GDT + CODE32, 0x00cf9b000000ffffL);
        put64(GDT + CODE16, 0x008f9b000000ffffL);
        put64(GDT + 0x38, 0x00cffb000000ffffL);
        put64(GDT + TASK, 0x00008b0000000067L | TSS << 16);
        put64(TSS + 4, STACK0);
        put64(TSS + 0x24, STACK_IST);
        put16(TSS + 0x66, 0x68);
    }

    private void writeInterruptTable() {
        for (int vector = 0; vector < 256; vector++) {
            long handler = HANDLERS + 16 * vector;
            setGate(vector, handler, 0x8e00, 0);
            put8(handler, 0xf4);
        }
    }

    /** A 64-bit gate to 64-bit code of privilege 0; {@code attributes} are type, DPL and P as in the descriptor's word 2. */
    public void setGate(int vector, long handler, int attributes, int ist) {
        put64(
                IDT + 16L * vector,
                handler & 0xffff | CODE64 << 16 | (long) (attributes | ist) << 32 | (handler >>> 16 & 0xffff) << 48);
        put64(IDT + 16L * vector + 8, handler >>> 32);
    }

    /** 64-bit mode at privilege 0, about to run what is at CODE. */
    public static void setLongMode(CpuState state) {
        state.rip = CODE;
        state.rflags = 2;
        state.general[4] = STACK;
        state.cr0 = 0x8005_0033L;
        state.cr3 = PML4;
        state.cr4 = 0x6a0;
        state.efer = 0xd01;
        for (CpuState.Segment segment : state.segments) {
            segment.set(DATA0, 0, -1, 0xc93);
        }
        state.segments[CpuState.CS].set(CODE64, 0, -1, 0xa9b);
        state.tr.set(TASK, TSS, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, 0x82 | CpuState.Segment.UNUSABLE);
        state.gdtBase = GDT;
        state.gdtLimit = 0xfff;
        state.idtBase = IDT;
        state.idtLimit = 0xfff;
    }

    /** Assembles 64-bit code at CODE. */
    public SoftGuest code(Consumer<Assembler> source) {
        return code(CodeSize.CODE64, CODE, source);
    }

    public SoftGuest code(CodeSize size, long at, Consumer<Assembler> source) {
        Assembler assembler = new Assembler(size);
        source.accept(assembler);
        byte[] bytes = assembler.assemble(at);
        RawMemory.write(host(at), bytes, 0, bytes.length);
        return this;
    }

    /** Gives {@link #state} to the vCPU; what it holds is lost. */
    public SoftGuest load() {
        vcpu.writeState(state);
        return this;
    }

    /** Runs to the next exit; {@link #state} is then what the vCPU has. A guest that does not leave within 10 s is stopped. */
    public ExitReason run() {
        TimerTask late = new TimerTask() {
            @Override
            public void run() {
                vcpu.kick();
            }
        };
        WATCHDOG.schedule(late, DEADLINE);
        ExitReason reason = vcpu.run(exit);
        late.cancel();
        vcpu.readState(state);
        return reason;
    }

    /** Assembles, runs to the first exit, and returns this. */
    public SoftGuest execute(Consumer<Assembler> source) {
        code(source);
        run();
        return this;
    }

    /** Exception or interrupt whose handler has halted, or -1. */
    public int vector() {
        long offset = state.rip - 1 - HANDLERS;
        return exit.reason() == ExitReason.HALT && offset >= 0 && offset < 256 * 16 && offset % 16 == 0
                ? (int) (offset / 16)
                : -1;
    }

    /** Error code that the handler found, for vectors that have one. */
    public long errorCode() {
        return get64(state.general[4]);
    }

    /** RIP in the handler's frame. */
    public long faultRip(boolean hasErrorCode) {
        return get64(state.general[4] + (hasErrorCode ? 8 : 0));
    }

    public long get(Register register) {
        return state.general[register.number()];
    }

    public long host(long gpa) {
        if (gpa < 0 || gpa >= RAM) {
            throw new IllegalArgumentException("no memory at 0x" + Long.toHexString(gpa));
        }
        return ram.address() + gpa;
    }

    public long get64(long gpa) {
        return RawMemory.getLong(host(gpa));
    }

    public int get32(long gpa) {
        return RawMemory.getInt(host(gpa));
    }

    public void put64(long gpa, long value) {
        RawMemory.putLong(host(gpa), value);
    }

    public void put32(long gpa, int value) {
        RawMemory.putInt(host(gpa), value);
    }

    public void put16(long gpa, int value) {
        RawMemory.putShort(host(gpa), (short) value);
    }

    public void put8(long gpa, int value) {
        RawMemory.putByte(host(gpa), (byte) value);
    }

    /** Data of the access that the vCPU left with. */
    public long data() {
        return RawMemory.getLong(exit.dataAddress()) & -1L >>> 64 - 8 * exit.size();
    }

    public void answer(long value) {
        RawMemory.putLong(exit.dataAddress(), value);
    }

    @Override
    public void close() {
        vcpu.close();
        machine.close();
        ram.close();
    }
}
