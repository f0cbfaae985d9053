package io.paravert.vmm.engine;

/** The 16 general registers of a vCPU at an exit, by their encoding: 0 RAX, 1 RCX, 2 RDX, 3 RBX, 4 RSP, 5 RBP, 6 RSI, 7 RDI, 8-15. vCPU thread only. */
public interface GuestRegisters {
    long get(int register);

    void set(int register, long value);

    long rip();

    /** Current privilege level, 0 to 3. */
    int cpl();
}
