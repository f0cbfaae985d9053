package io.paravert.vmm.engine;

import org.jspecify.annotations.Nullable;

/**
 * The exit of one vCPU: one object per vCPU, filled anew by every {@link EngineVcpu#run}, so that no exit allocates. Which
 * fields hold is said at {@link ExitReason}. Only the vCPU's own thread may touch it.
 *
 * <p>Data of port and MMIO exits lies at {@link #dataAddress}, a <em>host</em> address of {@code size * count} bytes,
 * little-endian, valid until the next run. The engine completes the access with what stands there when it runs again.
 */
public final class VcpuExit {
    /** Arguments of a hypercall: RDI, RSI, RDX, R10, R8, R9. */
    public static final int MAX_ARGUMENTS = 6;

    private ExitReason reason = ExitReason.INTERRUPTED;
    private int port;
    private int size;
    private int count;
    private long gpa;
    private long dataAddress;
    private long number;
    private final long[] arguments = new long[MAX_ARGUMENTS];
    private long result;
    private @Nullable String failure;

    public ExitReason reason() {
        return reason;
    }

    /** 0 to 0xffff. */
    public int port() {
        return port;
    }

    /** Bytes of one access: 1, 2, 4 or (MMIO only) any up to 8. */
    public int size() {
        return size;
    }

    /** Accesses of a string instruction; 1 otherwise. */
    public int count() {
        return count;
    }

    /** Guest-physical address of an MMIO access. */
    public long gpa() {
        return gpa;
    }

    public long dataAddress() {
        return dataAddress;
    }

    /** Number of a hypercall, as the guest gave it: all 64 bits, unchecked. */
    public long number() {
        return number;
    }

    /** @param index 0 to 5 */
    public long argument(int index) {
        return arguments[index];
    }

    /** What the engine returns to the guest in RAX when it runs again. */
    public long result() {
        return result;
    }

    public void setResult(long value) {
        result = value;
    }

    /** One line; empty unless the reason is {@link ExitReason#FAILED}. */
    public String failure() {
        return failure == null ? "" : failure;
    }

    public ExitReason setPortAccess(boolean write, int port, int size, int count, long dataAddress) {
        this.port = port;
        this.size = size;
        this.count = count;
        this.dataAddress = dataAddress;
        return set(write ? ExitReason.PORT_WRITE : ExitReason.PORT_READ);
    }

    public ExitReason setMmioAccess(boolean write, long gpa, int size, long dataAddress) {
        this.gpa = gpa;
        this.size = size;
        this.count = 1;
        this.dataAddress = dataAddress;
        return set(write ? ExitReason.MMIO_WRITE : ExitReason.MMIO_READ);
    }

    /** The six arguments follow by {@link #setArgument}. */
    public ExitReason setHypercall(long number) {
        this.number = number;
        this.result = 0;
        return set(ExitReason.HYPERCALL);
    }

    public void setArgument(int index, long value) {
        arguments[index] = value;
    }

    public ExitReason setFailed(String why) {
        failure = why;
        return set(ExitReason.FAILED);
    }

    /** For the reasons that carry nothing. */
    public ExitReason set(ExitReason reason) {
        this.reason = reason;
        return reason;
    }
}
