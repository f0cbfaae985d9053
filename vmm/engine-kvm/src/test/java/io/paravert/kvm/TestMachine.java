package io.paravert.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.VcpuExit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;

/**
 * A machine of 4 MiB for guests that are a few bytes of machine code. A vCPU that a test leaves in the guest for too long is
 * kicked, so that the test fails instead of hanging: on some kernels an instruction can hang for ever.
 */
final class TestMachine implements AutoCloseable {
    static final int BYTES = 0x40_0000;
    static final int CODE = 0x1_0000;
    static final int HANDLER = 0x1_4000;
    static final int STACK = 0x2_0000;
    static final int DATA = 0x3_0000;
    /** An address without memory. */
    static final long MMIO = 0xd000_0000L;

    static final int RAX = 0;
    static final int RCX = 1;
    static final int RDX = 2;
    static final int RBX = 3;
    static final int RSI = 6;
    static final int RDI = 7;

    /** True in a machine that is itself emulated: everything takes ten to twenty times as long. */
    static final boolean NESTED = System.getenv("NESTED_KVM") != null;

    private static final int PML4 = 0x2000;
    private static final int PDPT = 0x3000;
    private static final int PD = 0x4000;
    private static final int PD32 = 0x8000;
    private static final int IDT = 0x9000;
    private static final int GDT = 0xa000;
    private static final int TSS = 0xb000;

    private static final KvmEngine ENGINE = KvmEngine.open();
    private static final Timer WATCHDOG = new Timer("test watchdog", true);

    enum Mode {
        REAL,
        PROTECTED,
        PAGED_32,
        LONG,
        /** 64-bit code at CPL 3 with IOPL 3. */
        LONG_USER
    }

    private final HostMapping memory = HostMapping.allocate(BYTES);
    private final EngineMachine machine;
    private final List<EngineVcpu> vcpus = new ArrayList<>();
    private final List<TimerTask> watches = new ArrayList<>();
    final VcpuExit exit = new VcpuExit();

    TestMachine() {
        this(InterruptController.MONITOR);
    }

    TestMachine(InterruptController controller) {
        this(controller, HypercallTransport.PORT, 1);
    }

    TestMachine(InterruptController controller, HypercallTransport transport, int vcpus) {
        machine = ENGINE.createMachine(new MachineSpec("test", vcpus, controller, transport, List.of()));
        machine.mapMemory(0, memory.address(), BYTES, false);
        tables();
    }

    static KvmEngine engine() {
        return ENGINE;
    }

    /** A test's loop count: fewer where each exit is slow. */
    static int rounds(int count) {
        return NESTED ? Math.max(1, count / 20) : count;
    }

    EngineMachine machine() {
        return machine;
    }

    /** A vCPU of the calling thread. */
    EngineVcpu vcpu(int id) {
        return vcpu(id, ENGINE.syncSets());
    }

    EngineVcpu vcpu(int id, int syncSets) {
        EngineVcpu vcpu = ((KvmMachine) machine).createVcpu(id, syncSets);
        TimerTask watch = new TimerTask() {
            @Override
            public void run() {
                vcpu.kick();
            }
        };
        WATCHDOG.schedule(watch, NESTED ? 120_000 : 15_000);
        synchronized (this) {
            vcpus.add(vcpu);
            watches.add(watch);
        }
        return vcpu;
    }

    /** vCPU 0, about to execute the code in the mode. */
    EngineVcpu start(Mode mode, String code) {
        EngineVcpu vcpu = vcpu(0);
        put(CODE, code);
        vcpu.writeState(state(mode, CODE));
        return vcpu;
    }

    /** @param hex machine code, blanks allowed */
    void put(int address, String hex) {
        byte[] code = HexFormat.of().parseHex(hex.replaceAll("\\s+", ""));
        RawMemory.write(memory.address() + address, code, 0, code.length);
    }

    long read(int address) {
        return RawMemory.getLong(memory.address() + address);
    }

    void write(int address, long value) {
        RawMemory.putLong(memory.address() + address, value);
    }

    /** An interrupt gate of 64-bit mode to the address. */
    void gate(int vector, int address) {
        write(IDT + vector * 16, address & 0xffff | 8L << 16 | 0x8e00L << 32 | (address & 0xffff_0000L) << 32);
        write(IDT + vector * 16 + 8, 0);
    }

    void expect(EngineVcpu vcpu, ExitReason reason) {
        ExitReason got = vcpu.run(exit);
        assertThat(got)
                .as("exit at rip 0x%x %s", vcpu.registers().rip(), exit.failure())
                .isEqualTo(reason);
    }

    void expectOut(EngineVcpu vcpu, int port) {
        expect(vcpu, ExitReason.PORT_WRITE);
        assertThat(exit.port()).isEqualTo(port);
    }

    static long get(EngineVcpu vcpu, int register) {
        return vcpu.registers().get(register);
    }

    private void tables() {
        write(PML4, PDPT | 7);
        for (int i = 0; i < 4; i++) {
            write(PDPT + 8 * i, PD + 0x1000 * i | 7);
        }
        for (int i = 0; i < 2048; i++) {
            write(PD + 8 * i, (long) i << 21 | 0x87);
        }
        for (int i = 0; i < 1024; i++) {
            RawMemory.putInt(memory.address() + PD32 + 4L * i, i << 22 | 0x87);
        }
        write(GDT + 0x08, 0x00af_9b00_0000_ffffL); // 64-bit code, DPL 0
        write(GDT + 0x10, 0x00cf_9300_0000_ffffL); // data, DPL 0
        write(GDT + 0x20, 0x00cf_f300_0000_ffffL); // data, DPL 3
        write(GDT + 0x28, 0x00af_fb00_0000_ffffL); // 64-bit code, DPL 3
        write(GDT + 0x30, 0x00cf_9b00_0000_ffffL); // 32-bit code, DPL 0
        write(GDT + 0x38, 0x0000_8900_0000_0067L | (long) TSS << 16);
        write(TSS + 4, STACK - 0x1000); // RSP0
    }

    static CpuState state(Mode mode, int rip) {
        CpuState state = new CpuState();
        state.rip = rip;
        state.general[4] = STACK;
        state.gdtBase = GDT;
        state.gdtLimit = 0x4f;
        state.idtBase = IDT;
        state.idtLimit = 0xfff;
        state.tr.set(0x38, TSS, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, CpuState.Segment.UNUSABLE);
        boolean user = mode == Mode.LONG_USER;
        for (CpuState.Segment segment : state.segments) {
            segment.set(user ? 0x23 : 0x10, 0, -1, user ? 0xcf3 : 0xc93);
        }
        CpuState.Segment cs = state.segments[CpuState.CS];
        switch (mode) {
            case REAL -> {
                for (CpuState.Segment segment : state.segments) {
                    segment.set(0, 0, 0xffff, 0x93);
                }
                cs.set(rip >> 4, rip & ~0xf, 0xffff, 0x9b);
                state.rip = rip & 0xf;
                state.general[4] = 0xf000;
                state.cr0 = 0x10;
                state.idtBase = 0;
                state.idtLimit = 0x3ff;
            }
            case PROTECTED -> {
                cs.set(0x30, 0, -1, 0xc9b);
                state.cr0 = 0x33;
            }
            case PAGED_32 -> {
                cs.set(0x30, 0, -1, 0xc9b);
                state.cr0 = 0x8001_0033L;
                state.cr3 = PD32;
                state.cr4 = 0x10;
            }
            case LONG, LONG_USER -> {
                cs.set(user ? 0x2b : 8, 0, -1, user ? 0xafb : 0xa9b);
                state.cr0 = 0x8001_0033L;
                state.cr3 = PML4;
                state.cr4 = 0x620;
                state.efer = 0x500;
                state.rflags = user ? 0x3002 : 2;
            }
        }
        return state;
    }

    @Override
    public void close() {
        synchronized (this) {
            watches.forEach(TimerTask::cancel);
            vcpus.forEach(EngineVcpu::close);
        }
        machine.close();
        memory.close();
    }
}
