package io.paravert.soft.vcpu;

/** What instructions ask of the machine around the core. */
public interface Platform {
    /** The machine's time, in TSC ticks since it was made. */
    long ticks();

    /** 64 random bits. */
    long random();

    /** Initial APIC id. */
    int apicId();
}
