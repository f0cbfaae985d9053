package io.paravert.devices.clock;

/**
 * The clock's MMIO window. All registers are little-endian, 8 bytes, read and written whole; other accesses read as zero and
 * write nothing.
 *
 * <pre>
 * 0x00  WALL     ns since 1970-01-01T00:00Z, read-only
 * 0x08  MONOTONIC  ns since the device was started, read-only; never goes back
 * 0x10  ALARM    wall time at which event 0 is raised, once; 0 for none; one that has passed is raised at once
 * 0x18  FIRED    number of alarms raised since the device was started, read-only
 * </pre>
 */
final class ClockRegisters {
    static final int WALL = 0x00;
    static final int MONOTONIC = 0x08;
    static final int ALARM = 0x10;
    static final int FIRED = 0x18;
    static final int BYTES = 0x20;

    private ClockRegisters() {}
}
