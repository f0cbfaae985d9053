package io.paravert.soft.vcpu;

import io.paravert.soft.memory.EngineDevices;

/** What instructions ask of the machine around the core. vCPU thread only. */
public interface Platform {
    /** The machine's time, in TSC ticks since it was made. */
    long ticks();

    /** 64 random bits. */
    long random();

    /** Initial APIC id. */
    int apicId();

    /** Devices of the engine's own. */
    EngineDevices devices();

    /** Takes the vector that the engine's interrupt controllers deliver now; -1 if there is none. */
    int takeInterrupt();

    /**
     * Reads an MSR that is no part of the core: the local APIC's and the para-virtual clock's.
     *
     * @return false if there is no such register, with {@code value} as it was
     */
    boolean readMachineMsr(int number, long[] value);

    /** Returns false if there is no such register, or it cannot hold the value. */
    boolean writeMachineMsr(int number, long value);

    /** CR8, which is the local APIC's where there is one. */
    void setTaskPriority(int priorityClass);

    int taskPriority();

    /** FERR#: an x87 exception waits, and CR0.NE is clear. True if the line was down and somebody looks at it. */
    boolean raiseFloatError();

    /** The guest has set its TSC. */
    void tscChanged();

    /** Whether {@link #passed} must be told of every block. */
    boolean isMetered();

    /** So many instructions have been run in all. */
    void passed(long instructions);

    /** The guest spins. */
    void pause();
}
