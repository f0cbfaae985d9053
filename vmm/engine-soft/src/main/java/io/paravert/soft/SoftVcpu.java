package io.paravert.soft;

import static io.paravert.soft.state.Cpu.R10;
import static io.paravert.soft.state.Cpu.R8;
import static io.paravert.soft.state.Cpu.R9;
import static io.paravert.soft.state.Cpu.RAX;
import static io.paravert.soft.state.Cpu.RDI;
import static io.paravert.soft.state.Cpu.RDX;
import static io.paravert.soft.state.Cpu.RSI;

import io.paravert.soft.board.Board;
import io.paravert.soft.board.InterruptUnit;
import io.paravert.soft.interpreter.Interpreter;
import io.paravert.soft.memory.CodeWatch;
import io.paravert.soft.memory.EngineDevices;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.ModelSpecific;
import io.paravert.soft.state.Pending;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.system.ExtendedState;
import io.paravert.soft.system.Msrs;
import io.paravert.soft.system.Reset;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Platform;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.engine.PagingStatistics;
import io.paravert.vmm.engine.TranslationStatistics;
import io.paravert.vmm.engine.VcpuExit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One vCPU. What an exit left pending is completed by the next run:
 *
 * <pre>
 *   idle --device access--> ACCESS --run: answer the instruction--> idle
 *   idle --vmcall---------> HYPERCALL --run: RAX = result---------> idle
 * </pre>
 */
final class SoftVcpu implements EngineVcpu, Platform, GuestRegisters {
    private static final int[] HYPERCALL_ARGUMENTS = {RDI, RSI, RDX, R10, R8, R9};

    private static final int MSR_APIC_BASE = 0x1b;
    /** PAUSE instructions from one look at the clock to the next, so that a look costs little. */
    private static final int SPINS = 8;
    /** How long a vCPU pauses before others may have its processor, ns. */
    private static final long SPUN = 10_000;

    /**
     * What the processor does (AMD APM vol. 2, 14.1 and 16.5).
     *
     * <pre>
     *   RUNNING --HLT--> HALTED --interrupt--> RUNNING      any --INIT--> WAITING --SIPI--> RUNNING
     * </pre>
     *
     * The first processor goes from INIT straight to RUNNING, at the reset vector. Without controllers it is always RUNNING.
     */
    private enum Activity {
        RUNNING,
        HALTED,
        WAITING
    }

    private enum Unfinished {
        NOTHING,
        ACCESS,
        HYPERCALL
    }

    private final SoftMachine machine;
    private final int id;
    private final Tier tier;
    private final Interpreter interpreter;
    private final Core core;
    private final Cpu cpu;
    /** Null where the monitor serves interrupts. */
    private final @Nullable InterruptUnit unit;

    private Activity activity = Activity.RUNNING;
    private int spins;
    /** When it last did so, ns. */
    private long yielded;

    private Unfinished unfinished = Unfinished.NOTHING;
    private VcpuExit lastExit = new VcpuExit();
    private boolean shutDown;

    SoftVcpu(SoftMachine machine, int id) {
        this.machine = machine;
        this.id = id;
        this.cpu = new Cpu();
        Board board = machine.board();
        this.unit = board == null
                ? null
                : new InterruptUnit(board, id, cpu.pending, cpu.msr, SoftEngine.TSC_KILOHERTZ * 1000);
        if (unit != null) {
            activity = id == 0 ? Activity.RUNNING : Activity.WAITING;
            cpu.msr.mtrrDefault = ModelSpecific.MTRR_WRITE_BACK;
        }
        this.tier = machine.newTier();
        this.interpreter = new Interpreter(cpu, machine.memory(), this, machine.instructions(), tier);
        this.core = interpreter.core();
        core.contextChanged();
    }

    @Override
    public ExitReason run(VcpuExit exit) {
        if (shutDown) {
            return exit.set(ExitReason.SHUTDOWN);
        }
        core.enter();
        try {
            finishHypercall();
            if (unfinished == Unfinished.ACCESS) {
                unfinished = Unfinished.NOTHING;
                core.log.serve();
            }
            lastExit = exit;
            return unit == null ? report(interpreter.run(), exit) : runWithControllers(unit, exit);
        } catch (RuntimeException e) {
            return exit.setFailed("the software engine failed at RIP 0x" + Long.toHexString(cpu.rip) + ": " + e);
        } finally {
            core.pause();
        }
    }

    private ExitReason runWithControllers(InterruptUnit interrupts, VcpuExit exit) {
        while (true) {
            if (activity != Activity.RUNNING) {
                if (!sleep(interrupts)) {
                    return exit.set(ExitReason.INTERRUPTED);
                }
                continue;
            }
            Interpreter.Stop stop = interpreter.run();
            if (stop == Interpreter.Stop.SIGNAL) {
                heedSignals(interrupts);
            } else if (stop == Interpreter.Stop.LEAVE && core.leave == Core.Leave.HALT) {
                activity = Activity.HALTED;
            } else {
                return report(stop, exit);
            }
        }
    }

    /** Until the processor runs again; false if the monitor wants the vCPU back first. */
    private boolean sleep(InterruptUnit interrupts) {
        core.pause();
        interrupts.beginSleep();
        try {
            while (true) {
                int bits = cpu.pending.poll();
                if ((bits & Pending.MAIL) != 0) {
                    core.mailbox.read(core);
                }
                if (cpu.pending.take(Pending.KICK)) {
                    return false;
                }
                if (cpu.pending.take(Pending.SIGNAL)) {
                    heedSignals(interrupts);
                } else if (activity == Activity.HALTED && endsHalt(interrupts, bits)) {
                    activity = Activity.RUNNING;
                }
                if (activity == Activity.RUNNING) {
                    return true;
                }
                interrupts.sleep();
            }
        } finally {
            interrupts.endSleep();
            core.enter();
        }
    }

    private boolean endsHalt(InterruptUnit interrupts, int bits) {
        if ((bits & Pending.DEBUG_TRAP) != 0 || (bits & Pending.NMI) != 0 && !core.isNmiBlocked()) {
            return true;
        }
        if ((bits & Pending.INTERRUPT) == 0) {
            return false;
        }
        if (!cpu.has(Rflags.IF)) {
            core.defer(Pending.INTERRUPT);
            return false;
        }
        cpu.pending.clear(Pending.INTERRUPT);
        if (!interrupts.isInterruptWaiting()) {
            return false;
        }
        cpu.pending.raise(Pending.INTERRUPT);
        return true;
    }

    private void heedSignals(InterruptUnit interrupts) {
        if (interrupts.takeInit()) {
            unfinished = Unfinished.NOTHING;
            Reset.init(core);
            activity = id == 0 ? Activity.RUNNING : Activity.WAITING;
        }
        int vector = interrupts.takeStartup();
        if (vector >= 0 && activity == Activity.WAITING) {
            Reset.startup(core, vector);
            activity = Activity.RUNNING;
        }
    }

    private void finishHypercall() {
        if (unfinished == Unfinished.HYPERCALL) {
            unfinished = Unfinished.NOTHING;
            long result = lastExit.result();
            cpu.r[RAX] = cpu.is64() ? result : result & 0xffff_ffffL;
        }
    }

    private ExitReason report(Interpreter.Stop stop, VcpuExit exit) {
        return switch (stop) {
            case KICKED -> exit.set(ExitReason.INTERRUPTED);
            case INTERRUPT_WINDOW -> exit.set(ExitReason.INTERRUPT_WINDOW);
            case SIGNAL -> throw new IllegalStateException("INIT or SIPI in a machine without controllers");
            case DEVICE_ACCESS -> {
                unfinished = Unfinished.ACCESS;
                yield core.log.fill(exit);
            }
            case LEAVE -> leave(exit);
        };
    }

    private ExitReason leave(VcpuExit exit) {
        return switch (core.leave) {
            case HALT -> exit.set(ExitReason.HALT);
            case DEBUG -> exit.set(ExitReason.DEBUG);
            case FAILED -> exit.setFailed(core.failure);
            case SHUTDOWN -> {
                shutDown = true;
                yield exit.set(ExitReason.SHUTDOWN);
            }
            case HYPERCALL -> {
                unfinished = Unfinished.HYPERCALL;
                exit.setHypercall(cpu.r[RAX]);
                for (int i = 0; i < HYPERCALL_ARGUMENTS.length; i++) {
                    exit.setArgument(i, cpu.r[HYPERCALL_ARGUMENTS[i]]);
                }
                yield ExitReason.HYPERCALL;
            }
        };
    }

    @Override
    public void completePending() {
        finishHypercall();
        if (unfinished == Unfinished.ACCESS) {
            core.enter();
            try {
                unfinished = interpreter.completeAccess() ? Unfinished.NOTHING : Unfinished.ACCESS;
            } finally {
                core.pause();
            }
        }
    }

    @Override
    public void kick() {
        if (unit == null) {
            cpu.pending.raise(Pending.KICK);
        } else {
            unit.raise(Pending.KICK);
        }
    }

    /** Where other threads tell of memory that they wrote. */
    CodeWatch.Listener mailbox() {
        return core.mailbox;
    }

    /** Translations of guest-physical memory are out of date. Any thread. */
    void flush() {
        core.mailbox.flush();
    }

    @Override
    public GuestRegisters registers() {
        return this;
    }

    @Override
    public long get(int register) {
        return cpu.r[register];
    }

    @Override
    public void set(int register, long value) {
        cpu.r[register] = value;
    }

    @Override
    public long rip() {
        return cpu.rip;
    }

    @Override
    public int cpl() {
        return cpu.cpl;
    }

    @Override
    public void readState(CpuState state) {
        StateTransfer.read(cpu, state);
        if (unit != null) {
            state.apicBase = unit.apicBase();
            state.cr8 = unit.taskPriorityClass();
        }
    }

    @Override
    public void writeState(CpuState state) {
        unfinished = Unfinished.NOTHING;
        shutDown = false;
        core.log.retire();
        StateTransfer.write(core, state);
        if (unit != null) {
            unit.setTaskPriorityClass((int) state.cr8);
            if (state.apicBase != 0) {
                unit.writeMsr(MSR_APIC_BASE, state.apicBase);
            }
        }
    }

    @Override
    public byte[] readXsave() {
        return ExtendedState.read(cpu);
    }

    @Override
    public void writeXsave(byte[] area) {
        if (area.length < ExtendedState.BASE_BYTES || area.length > Cpu.IMAGE_BYTES) {
            throw new EngineException(
                    "an XSAVE area of " + area.length + " bytes; this processor's has " + ExtendedState.BASE_BYTES
                            + " to " + Cpu.IMAGE_BYTES,
                    "give the area of a processor with x87, SSE and AVX state alone");
        }
        if (!ExtendedState.write(cpu, area)) {
            throw new EngineException(
                    "an XSAVE area with a header or an MXCSR that XRSTOR does not take", "give one that XSAVE stored");
        }
    }

    @Override
    public boolean canTakeInterrupt() {
        return unit == null && unfinished != Unfinished.ACCESS && interpreter.canTakeInterrupt();
    }

    @Override
    public void injectInterrupt(int vector) {
        interpreter.setInterrupt(vector);
    }

    @Override
    public void requestInterruptWindow(boolean wanted) {
        interpreter.setWindowWanted(wanted);
    }

    @Override
    public long readTsc() {
        return ticks() + cpu.msr.tscOffset;
    }

    @Override
    public Optional<PagingStatistics> pagingStatistics() {
        return Optional.of(core.mmu.statistics());
    }

    @Override
    public Optional<TranslationStatistics> translationStatistics() {
        return Optional.of(tier.statistics(cpu.instructions, core.code));
    }

    @Override
    public void setSingleStep(boolean on) {
        core.monitorSteps = on;
        core.flagsChanged();
    }

    @Override
    public long ticks() {
        return machine.ticks();
    }

    @Override
    public long random() {
        return machine.random();
    }

    @Override
    public int apicId() {
        return id;
    }

    @Override
    public EngineDevices devices() {
        return unit == null ? EngineDevices.NONE : unit;
    }

    @Override
    public int takeInterrupt() {
        return unit == null ? -1 : unit.take();
    }

    @Override
    public boolean readMachineMsr(int number, long[] value) {
        if (unit != null) {
            return unit.readMsr(number, value);
        }
        value[0] = cpu.msr.apicBase;
        return number == MSR_APIC_BASE;
    }

    @Override
    public boolean writeMachineMsr(int number, long value) {
        if (unit != null) {
            return unit.writeMsr(number, value);
        }
        if (number == MSR_APIC_BASE) {
            cpu.msr.apicBase = value;
        }
        return number == MSR_APIC_BASE;
    }

    @Override
    public void setTaskPriority(int priorityClass) {
        if (unit != null) {
            unit.setTaskPriorityClass(priorityClass);
        }
    }

    @Override
    public int taskPriority() {
        return unit == null ? (int) cpu.cr8 : unit.taskPriorityClass();
    }

    @Override
    public boolean raiseFloatError() {
        return unit != null && unit.raiseFloatError();
    }

    @Override
    public void tscChanged() {
        if (unit != null) {
            unit.tscChanged();
        }
    }

    @Override
    public boolean isMetered() {
        return machine.meter() != null;
    }

    @Override
    public void passed(long instructions) {
        Meter meter = machine.meter();
        if (meter != null) {
            meter.passed(machine, instructions);
        }
    }

    @Override
    public void pause() {
        Thread.onSpinWait();
        if (++spins % SPINS == 0) {
            // What it waits for, another vCPU or a device that polls, may need the very core that this one spins on.
            long now = System.nanoTime();
            if (now - yielded > SPUN) {
                yielded = now;
                Thread.yield();
            }
        }
    }

    @Override
    public long readMsr(int index) {
        try {
            return Msrs.read(core, index);
        } catch (GuestFault fault) {
            throw new EngineException("no MSR 0x" + Integer.toHexString(index), "");
        }
    }

    @Override
    public void writeMsr(int index, long value) {
        try {
            Msrs.write(core, index, value);
        } catch (GuestFault fault) {
            throw new EngineException(
                    "MSR 0x" + Integer.toHexString(index) + " does not take 0x" + Long.toHexString(value), "");
        }
    }

    @Override
    public void close() {
        machine.remove(this);
        if (unit != null) {
            unit.close();
        }
        core.close();
    }
}
