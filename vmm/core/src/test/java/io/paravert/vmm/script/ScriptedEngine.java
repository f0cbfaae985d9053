package io.paravert.vmm.script;

import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine that plays scripts: one for each vCPU, by the machine's name and the vCPU's number. Any thread. */
public final class ScriptedEngine implements Engine {
    static final long TSC_KILOHERTZ = 2_000_000;

    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Map<String, ScriptedMachine> machines = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile int slots = 32;
    private volatile boolean broken;

    /** What a vCPU plays; one that has no script waits for kicks. */
    public ScriptedEngine play(String machine, int vcpu, Script script) {
        scripts.put(machine + "/" + vcpu, script);
        return this;
    }

    Script script(String machine, int vcpu) {
        if (broken) {
            throw new EngineException("vCPU " + vcpu + " cannot be made", "repair the engine");
        }
        return scripts.getOrDefault(machine + "/" + vcpu, Script.forever(Step.spin()));
    }

    public ScriptedMachine machine(String name) {
        return machines.get(name);
    }

    /** Machines and vCPUs that are not closed. */
    public int open() {
        return open.get();
    }

    int slots() {
        return slots;
    }

    public void setSlots(int count) {
        slots = count;
    }

    /** From now on no vCPU can be made. */
    public void breakVcpus() {
        broken = true;
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public List<HypercallTransport> transports() {
        return List.of(HypercallTransport.VMCALL_INTERCEPTED, HypercallTransport.PORT);
    }

    @Override
    public boolean usesVmmcall() {
        return false;
    }

    @Override
    public long tscKilohertz() {
        return TSC_KILOHERTZ;
    }

    @Override
    public EngineMachine createMachine(MachineSpec spec) {
        opened();
        ScriptedMachine machine = new ScriptedMachine(this, spec);
        machines.put(spec.name(), machine);
        return machine;
    }

    @Override
    public void close() {
        if (open.get() != 0) {
            throw new IllegalStateException(open.get() + " machines and vCPUs are open");
        }
    }
}
