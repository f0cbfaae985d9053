package io.paravert.soft;

import static io.paravert.soft.state.Cpu.R10;
import static io.paravert.soft.state.Cpu.R8;
import static io.paravert.soft.state.Cpu.R9;
import static io.paravert.soft.state.Cpu.RAX;
import static io.paravert.soft.state.Cpu.RDI;
import static io.paravert.soft.state.Cpu.RDX;
import static io.paravert.soft.state.Cpu.RSI;

import io.paravert.soft.interpreter.Interpreter;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Pending;
import io.paravert.soft.system.ExtendedState;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Platform;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.engine.VcpuExit;

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

    private enum Unfinished {
        NOTHING,
        ACCESS,
        HYPERCALL
    }

    private final SoftMachine machine;
    private final int id;
    private final Interpreter interpreter;
    private final Core core;
    private final Cpu cpu;
    private Unfinished unfinished = Unfinished.NOTHING;
    private VcpuExit lastExit = new VcpuExit();
    private boolean shutDown;

    SoftVcpu(SoftMachine machine, int id) {
        this.machine = machine;
        this.id = id;
        this.interpreter = new Interpreter(machine.memory(), this, machine.instructions());
        this.core = interpreter.core();
        this.cpu = core.cpu;
        core.contextChanged();
    }

    @Override
    public ExitReason run(VcpuExit exit) {
        if (shutDown) {
            return exit.set(ExitReason.SHUTDOWN);
        }
        try {
            finishHypercall();
            if (unfinished == Unfinished.ACCESS) {
                unfinished = Unfinished.NOTHING;
                core.log.serve();
            }
            lastExit = exit;
            return report(interpreter.run(), exit);
        } catch (RuntimeException e) {
            return exit.setFailed("the software engine failed at RIP 0x" + Long.toHexString(cpu.rip) + ": " + e);
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
            unfinished = interpreter.completeAccess() ? Unfinished.NOTHING : Unfinished.ACCESS;
        }
    }

    @Override
    public void kick() {
        cpu.pending.raise(Pending.KICK);
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
    }

    @Override
    public void writeState(CpuState state) {
        unfinished = Unfinished.NOTHING;
        shutDown = false;
        core.log.retire();
        StateTransfer.write(core, state);
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
        return unfinished != Unfinished.ACCESS && interpreter.canTakeInterrupt();
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
    public void close() {
        machine.remove(this);
        core.close();
    }
}
