package io.paravert.platform.device;

/** How a device ends its machine. On vCPU threads, while an access of that vCPU is served. */
public interface PowerSwitch {
    /** The guest has switched the machine off. */
    void powerOff();

    /** The guest wants to be started again. */
    void reset();

    /** The guest's kernel has panicked. */
    void panic(int vcpu);
}
