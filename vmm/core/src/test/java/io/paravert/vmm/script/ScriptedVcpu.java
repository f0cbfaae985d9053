package io.paravert.vmm.script;

import io.paravert.memory.HostMapping;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.engine.VcpuExit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Plays a {@link Script}; holds its user to the rules of {@link EngineVcpu}. */
public final class ScriptedVcpu implements EngineVcpu {
    private final int id;
    private final ScriptedMachine machine;
    private final Script script;
    private final Thread owner = Thread.currentThread();
    private final HostMapping data = HostMapping.allocate(HostMapping.PAGE);
    private final long[] general = new long[16];
    private final List<Integer> injected = new CopyOnWriteArrayList<>();
    private final CpuState written = new CpuState();
    private volatile boolean kicked;
    private volatile boolean interruptsEnabled = true;
    private volatile int cpl;
    private @Nullable Step pending;
    private @Nullable VcpuExit pendingExit;
    private long previous;
    private volatile boolean windowRequested;
    private volatile boolean closed;

    ScriptedVcpu(int id, ScriptedMachine machine, Script script) {
        this.id = id;
        this.machine = machine;
        this.script = script;
    }

    private void check() {
        if (closed) {
            throw new IllegalStateException("vCPU " + id + " is used after close");
        }
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("vCPU " + id + " is used by " + Thread.currentThread());
        }
    }

    /** Vectors that were injected, in order. Any thread. */
    public List<Integer> injected() {
        return injected;
    }

    /** What was written last. */
    public CpuState written() {
        return written;
    }

    public int id() {
        return id;
    }

    /** RFLAGS.IF. Any thread. */
    public void setInterruptsEnabled(boolean enabled) {
        interruptsEnabled = enabled;
    }

    public void setCpl(int level) {
        cpl = level;
    }

    public boolean isWindowRequested() {
        return windowRequested;
    }

    /** General registers as the guest would set them, by their encoding. On the vCPU's thread: in scripts. */
    public long[] general() {
        return general;
    }

    void awaitKick() {
        while (!kicked) {
            LockSupport.park(this);
        }
        kicked = false;
    }

    @Override
    public ExitReason run(VcpuExit exit) {
        check();
        completePending();
        if (kicked) {
            kicked = false;
            return exit.set(ExitReason.INTERRUPTED);
        }
        if (windowRequested && interruptsEnabled) {
            return exit.set(ExitReason.INTERRUPT_WINDOW);
        }
        machine.countEntry();
        Step step = script.next(previous);
        previous = 0;
        ExitReason reason = step.leave(this, exit, data.address());
        pending = step;
        pendingExit = exit;
        return reason;
    }

    @Override
    public void completePending() {
        check();
        Step step = pending;
        VcpuExit exit = pendingExit;
        if (step != null && exit != null) {
            pending = null;
            previous = step.complete(this, exit, data.address());
        }
    }

    @Override
    public void kick() {
        if (closed) {
            throw new IllegalStateException("vCPU " + id + " is kicked after close");
        }
        kicked = true;
        LockSupport.unpark(owner);
    }

    @Override
    public GuestRegisters registers() {
        check();
        return new GuestRegisters() {
            @Override
            public long get(int register) {
                return general[register];
            }

            @Override
            public void set(int register, long value) {
                general[register] = value;
            }

            @Override
            public long rip() {
                return 0;
            }

            @Override
            public int cpl() {
                return cpl;
            }
        };
    }

    @Override
    public void readState(CpuState state) {
        check();
        if (pending != null) {
            throw new IllegalStateException("read while an access is pending");
        }
        System.arraycopy(general, 0, state.general, 0, general.length);
        state.rip = written.rip;
        state.rflags = interruptsEnabled ? 0x202 : 2;
        state.cr0 = written.cr0;
        state.cr3 = written.cr3;
    }

    @Override
    public void writeState(CpuState state) {
        check();
        System.arraycopy(state.general, 0, general, 0, general.length);
        System.arraycopy(state.general, 0, written.general, 0, general.length);
        written.rip = state.rip;
        written.cr0 = state.cr0;
        written.cr3 = state.cr3;
        written.gdtBase = state.gdtBase;
        written.segments[CpuState.CS].copyFrom(state.segments[CpuState.CS]);
    }

    @Override
    public boolean canTakeInterrupt() {
        check();
        return interruptsEnabled;
    }

    @Override
    public void injectInterrupt(int vector) {
        check();
        if (!interruptsEnabled || vector < 16 || vector > 255) {
            throw new IllegalStateException("vector " + vector + " cannot be injected");
        }
        injected.add(vector);
    }

    @Override
    public void requestInterruptWindow(boolean wanted) {
        check();
        windowRequested = wanted;
    }

    @Override
    public long readTsc() {
        check();
        return System.nanoTime() * ScriptedEngine.TSC_KILOHERTZ / 1_000_000;
    }

    @Override
    public void setSingleStep(boolean on) {
        check();
    }

    @Override
    public void close() {
        check();
        closed = true;
        data.close();
        machine.vcpuClosed();
    }
}
