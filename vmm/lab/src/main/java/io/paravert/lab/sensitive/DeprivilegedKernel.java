package io.paravert.lab.sensitive;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Instruction;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.VcpuExit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Runs {@link KernelProgram} in some ring over a monitor as there were before processors had a mode for guests: its own tables, gates that
 * trap into it, the kernel's segments at the kernel's ring, and {@link TrapEmulator} for what traps. The engine stops after each
 * instruction, so that those that should have trapped and did not are counted too. One thread.
 *
 * <pre>
 *   the monitor's:  0x1000 page tables   0x4000 GDT   0x5000 IDT   0x6000 TSS   0x8000 handlers   stack below 0xa000
 * </pre>
 */
final class DeprivilegedKernel implements AutoCloseable {
    private static final long RAM = 2 << 20;
    private static final int PML4 = 0x1000;
    private static final int PDPT = 0x2000;
    private static final int DIRECTORY = 0x3000;
    private static final int GDT = 0x4000;
    private static final int IDT = 0x5000;
    private static final int TSS = 0x6000;
    private static final int HANDLERS = 0x8000;
    private static final int STACK0 = 0xa000;
    private static final int MONITOR_CODE = 0x20;
    private static final int MONITOR_TASK = 0x30;
    private static final int VECTORS = 256;
    private static final int CR0 = 0x8005_0033;
    private static final int CR4 = 0x620;
    private static final int EFER = 0xd01;
    private static final int INTERRUPT_FLAG = 0x200;
    private static final int MOST_STEPS = 10_000;
    private static final int LONGEST = 15;

    private final HostMapping ram = HostMapping.allocate(RAM);
    private final KernelProgram kernel = new KernelProgram();
    private final EngineMachine machine;
    private final EngineVcpu vcpu;
    private final CpuState state = new CpuState();
    private final VcpuExit exit = new VcpuExit();
    private final Decoder decoder = new Decoder();
    private final Instruction instruction = new Instruction();
    private final int ring;
    private final TrapEmulator emulator;
    private final Map<String, Count> counts = new TreeMap<>();

    /** How often a sensitive instruction was executed, and how often that trapped. */
    static final class Count {
        int executed;
        int trapped;
    }

    /**
     * What became of the kernel.
     *
     * @param counts by sensitive instruction
     * @param instructions that it executed, of all kinds
     * @param seen what it logged, one value for each of the program's entries
     * @param said on its serial port
     */
    record Ended(Map<String, Count> counts, int instructions, List<Long> seen, String said) {}

    DeprivilegedKernel(Engine engine, int ring) {
        this.ring = ring;
        this.emulator = new TrapEmulator(ram.address(), RAM, ring);
        machine = engine.createMachine(new MachineSpec(
                "lab",
                1,
                MachineSpec.InterruptController.MONITOR,
                engine.transports().get(0),
                List.of()));
        machine.mapMemory(0, ram.address(), RAM, false);
        vcpu = machine.createVcpu(0);
        layMonitor();
        layKernel();
        enter();
        vcpu.writeState(state);
    }

    KernelProgram program() {
        return kernel;
    }

    private void put(int gpa, long value) {
        RawMemory.putLong(ram.address() + gpa, value);
    }

    private void layMonitor() {
        put(PML4, PDPT | 7);
        put(PDPT, DIRECTORY | 7);
        put(DIRECTORY, 0x87);
        segments(GDT, ring);
        put(GDT + MONITOR_CODE, 0x00af9b000000ffffL);
        put(GDT + MONITOR_TASK, 0x00008b0000000067L | (long) TSS << 16);
        put(TSS + 4, STACK0);
        RawMemory.putShort(ram.address() + TSS + 0x66, (short) 0x68);
        for (int vector = 0; vector < VECTORS; vector++) {
            long handler = HANDLERS + 16L * vector;
            put(IDT + 16 * vector, handler & 0xffff | MONITOR_CODE << 16 | 0x8e00L << 32 | handler >>> 16 << 48);
            RawMemory.putByte(ram.address() + handler, (byte) 0xf4);
        }
    }

    /** The kernel's code and data segments, at a ring: in its own table 0, in the monitor's where it really runs. */
    private void segments(int table, int dpl) {
        put(table + KernelProgram.CODE_SELECTOR, 0x00af9b000000ffffL | (long) dpl << 45);
        put(table + KernelProgram.DATA_SELECTOR, 0x00cf93000000ffffL | (long) dpl << 45);
    }

    private void layKernel() {
        segments(KernelProgram.GDT, 0);
        put(KernelProgram.GDT + KernelProgram.TASK_SELECTOR, 0x0000890000000067L | (long) KernelProgram.TSS << 16);
        put(KernelProgram.GDT_POINTER, KernelProgram.GDT_LIMIT | (long) KernelProgram.GDT << 16);
        put(KernelProgram.IDT_POINTER, KernelProgram.IDT_LIMIT | (long) KernelProgram.IDT << 16);
        put(KernelProgram.FAR_POINTER, kernel.farTarget | (long) KernelProgram.CODE_SELECTOR << 32);
        RawMemory.write(ram.address() + KernelProgram.CODE, kernel.code, 0, kernel.code.length);
    }

    private void enter() {
        state.rip = KernelProgram.CODE;
        // Deprivileged, real interrupts are the monitor's and stay on.
        state.rflags = ring == 0 ? 2 : 2 | INTERRUPT_FLAG;
        state.general[4] = KernelProgram.STACK;
        state.cr0 = CR0 & 0xffff_ffffL;
        state.cr3 = PML4;
        state.cr4 = CR4;
        state.efer = EFER;
        for (CpuState.Segment segment : state.segments) {
            segment.set(KernelProgram.DATA_SELECTOR | ring, 0, -1, 0xc93 | ring << 5);
        }
        state.segments[CpuState.CS].set(KernelProgram.CODE_SELECTOR | ring, 0, -1, 0xa9b | ring << 5);
        state.tr.set(MONITOR_TASK, TSS, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, 0x82 | CpuState.Segment.UNUSABLE);
        state.gdtBase = GDT;
        state.gdtLimit = MONITOR_TASK + 15;
        state.idtBase = IDT;
        state.idtLimit = VECTORS * 16 - 1;
        emulator.reset(state);
    }

    /** Runs the kernel to its HLT. */
    Ended run() {
        vcpu.setSingleStep(true);
        int steps = 0;
        while (!emulator.halted()) {
            if (++steps > MOST_STEPS) {
                throw new EngineException("the deprivileged kernel does not come to its end", "");
            }
            step();
        }
        List<Long> seen = IntStream.range(0, kernel.seen.size())
                .mapToObj(i -> RawMemory.getLong(ram.address() + KernelProgram.LOG + 8L * i))
                .toList();
        return new Ended(counts, steps, seen, emulator.said());
    }

    /** One instruction of the kernel's, carried out by the processor or, if it traps, by the monitor. */
    private void step() {
        vcpu.readState(state);
        byte[] bytes = new byte[LONGEST];
        RawMemory.read(ram.address() + state.rip, bytes, 0, LONGEST);
        if (decoder.decode(bytes, 0, LONGEST, CodeSize.CODE64, instruction) <= 0) {
            throw new EngineException("the kernel ran away to 0x" + Long.toHexString(state.rip), "");
        }
        Count count = TrapEmulator.sensitiveName(instruction)
                .map(name -> counts.computeIfAbsent(name, n -> new Count()))
                .orElseGet(Count::new);
        count.executed++;
        ExitReason reason = vcpu.run(exit);
        if (reason == ExitReason.PORT_READ || reason == ExitReason.PORT_WRITE) {
            emulator.port(exit, state, interruptsOn());
            vcpu.completePending();
            return;
        }
        if (reason == ExitReason.HALT && ring == 0) {
            emulator.halt();
            return;
        }
        if (reason == ExitReason.DEBUG
                && vcpu.registers().cpl() == ring
                && !isHandler(vcpu.registers().rip())) {
            return;
        }
        if (reason != ExitReason.DEBUG && reason != ExitReason.HALT
                || !isHandler(vcpu.registers().rip())) {
            throw new EngineException("the kernel ended by " + reason + " at 0x" + Long.toHexString(state.rip), "");
        }
        count.trapped++;
        emulator.emulate(instruction, state);
        vcpu.writeState(state);
    }

    /** At ring 0 the processor's own flag counts; else what the monitor has noted for the kernel. */
    private boolean interruptsOn() {
        return ring == 0 ? (state.rflags & INTERRUPT_FLAG) != 0 : emulator.interruptsOn();
    }

    private static boolean isHandler(long rip) {
        return rip >= HANDLERS && rip < HANDLERS + 16L * VECTORS;
    }

    @Override
    public void close() {
        vcpu.close();
        machine.close();
        ram.close();
    }
}
