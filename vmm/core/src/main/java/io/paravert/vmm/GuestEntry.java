package io.paravert.vmm;

import io.paravert.vmm.engine.CpuState;

/**
 * How a guest starts.
 *
 * @param state registers of vCPU 0 at its first instruction
 * @param description what was loaded and how it is entered, one line for logs
 */
public record GuestEntry(CpuState state, String description) {}
