package io.paravert.soft;

import io.paravert.soft.board.Board;
import io.paravert.soft.board.Clock;
import io.paravert.soft.interpreter.Instructions;
import io.paravert.soft.memory.MachineMemory;
import io.paravert.soft.memory.PageLog;
import io.paravert.soft.vcpu.Tier;
import io.paravert.vmm.engine.DirtyLog;
import io.paravert.vmm.engine.DoorbellEvents;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.InterruptLines;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.PagingTechnique;
import io.paravert.vmm.memory.WriteObserver;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One machine: memory, instruction set, clock and vCPUs. Any thread. */
final class SoftMachine implements EngineMachine {
    private final MachineSpec spec;
    private final MachineMemory memory;
    private final Instructions instructions;
    private final Supplier<Tier> tiers;
    private final List<SoftVcpu> vcpus = new CopyOnWriteArrayList<>();
    private final Random random;
    private final Clock clock;
    private final PageLog dirtyLog;
    /** Null where time is the host's. */
    private final @Nullable Meter meter;

    private final @Nullable Board board;

    SoftMachine(MachineSpec spec, Supplier<Tier> tiers) {
        this(spec, tiers, null);
    }

    /** @param meter is told how time passes, which then is one nanosecond an instruction; null for the host's time */
    SoftMachine(MachineSpec spec, Supplier<Tier> tiers, @Nullable Meter meter) {
        if (meter != null && spec.vcpus() != 1) {
            throw new EngineException(
                    "machine " + spec.name() + " has " + spec.vcpus() + " vCPUs, and time by instructions is for one",
                    "give it one vCPU, or leave out -D" + Meter.PROPERTY);
        }
        this.meter = meter;
        this.random = meter == null ? new SecureRandom() : new Random(1);
        this.spec = spec;
        this.tiers = tiers;
        this.memory = new MachineMemory(spec.paging() == PagingTechnique.SHADOW);
        this.dirtyLog = new PageLog(memory, this::flushAll);
        this.clock = new Clock(spec.name(), meter != null);
        boolean controllers = spec.interruptController() == MachineSpec.InterruptController.ENGINE;
        this.board = controllers ? new Board(clock, memory) : null;
        this.instructions = Instructions.of(controllers, spec.vcpus(), spec.cpuid());
    }

    @Override
    public void mapMemory(long gpa, long hostAddress, long bytes, boolean readOnly) {
        memory.map(gpa, hostAddress, bytes, readOnly);
        flushAll();
    }

    @Override
    public void unmapMemory(long gpa) {
        memory.unmap(gpa);
        dirtyLog.forget(gpa);
        flushAll();
    }

    private void flushAll() {
        for (SoftVcpu vcpu : vcpus) {
            vcpu.flush();
        }
    }

    @Override
    public EngineVcpu createVcpu(int id) {
        if (id < 0 || id >= spec.vcpus()) {
            throw new EngineException("no vCPU " + id + " in a machine of " + spec.vcpus(), "");
        }
        SoftVcpu vcpu = new SoftVcpu(this, id);
        vcpus.add(vcpu);
        return vcpu;
    }

    void remove(SoftVcpu vcpu) {
        vcpus.remove(vcpu);
    }

    /** Null where the monitor serves interrupts. */
    @Nullable Board board() {
        return board;
    }

    MachineMemory memory() {
        return memory;
    }

    /** A second tier for one vCPU. */
    Tier newTier() {
        return tiers.get();
    }

    Instructions instructions() {
        return instructions;
    }

    @Nullable Meter meter() {
        return meter;
    }

    /** So many instructions have been run: that many nanoseconds. vCPU thread of a metered machine. */
    void advance(long instructions) {
        clock.advance(instructions);
    }

    /** TSC ticks since the machine was made. */
    long ticks() {
        return clock.nanos();
    }

    long random() {
        return random.nextLong();
    }

    @Override
    public Optional<InterruptLines> interruptLines() {
        return Optional.ofNullable(board);
    }

    @Override
    public Optional<DoorbellEvents> doorbellEvents() {
        return Optional.of(memory.doorbells());
    }

    @Override
    public Optional<DirtyLog> dirtyLog() {
        return Optional.of(dirtyLog);
    }

    @Override
    public Optional<WriteObserver> writeObserver() {
        return Optional.of(memory.codeWatch()::writtenRange);
    }

    @Override
    public void close() {
        if (!vcpus.isEmpty()) {
            throw new EngineException(
                    "machine " + spec.name() + " still has " + vcpus.size() + " vCPUs", "close them first");
        }
        if (board != null) {
            board.close();
        }
        clock.close();
    }
}
