package io.paravert.vmm.script;

import io.paravert.vmm.engine.DirtyLog;
import io.paravert.vmm.engine.DoorbellEvents;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.InterruptLines;
import io.paravert.vmm.engine.MachineSpec;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A machine whose vCPUs play scripts. */
public final class ScriptedMachine implements EngineMachine {
    private final ScriptedEngine engine;
    private final MachineSpec spec;
    private final Map<Long, Long> mapped = new ConcurrentHashMap<>();
    private final Map<Integer, ScriptedVcpu> vcpus = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong entries = new AtomicLong();

    ScriptedMachine(ScriptedEngine engine, MachineSpec spec) {
        this.engine = engine;
        this.spec = spec;
    }

    public MachineSpec spec() {
        return spec;
    }

    /** Address and size of what is mapped. */
    public Map<Long, Long> mapped() {
        return mapped;
    }

    /** The vCPU, once its thread has made it. */
    public ScriptedVcpu vcpu(int id) {
        return vcpus.get(id);
    }

    /** Times that the guest was entered. */
    public long entries() {
        return entries.get();
    }

    void countEntry() {
        entries.incrementAndGet();
    }

    void vcpuClosed() {
        open.decrementAndGet();
        engine.closed();
    }

    @Override
    public void mapMemory(long gpa, long hostAddress, long bytes, boolean readOnly) {
        if (mapped.size() >= engine.slots()) {
            throw new EngineException("no memory slot is left for 0x" + Long.toHexString(gpa), "map less");
        }
        mapped.put(gpa, bytes);
    }

    @Override
    public void unmapMemory(long gpa) {
        if (mapped.remove(gpa) == null) {
            throw new IllegalStateException("nothing is mapped at " + gpa);
        }
    }

    @Override
    public EngineVcpu createVcpu(int id) {
        Script script = engine.script(spec.name(), id);
        engine.opened();
        open.incrementAndGet();
        ScriptedVcpu vcpu = new ScriptedVcpu(id, this, script);
        vcpus.put(id, vcpu);
        return vcpu;
    }

    @Override
    public Optional<InterruptLines> interruptLines() {
        return Optional.empty();
    }

    @Override
    public Optional<DoorbellEvents> doorbellEvents() {
        return Optional.empty();
    }

    @Override
    public Optional<DirtyLog> dirtyLog() {
        return Optional.empty();
    }

    @Override
    public void close() {
        if (open.get() != 0) {
            throw new IllegalStateException(open.get() + " vCPUs are open");
        }
        engine.closed();
    }
}
