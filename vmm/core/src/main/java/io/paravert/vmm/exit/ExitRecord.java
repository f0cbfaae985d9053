package io.paravert.vmm.exit;

import io.paravert.vmm.engine.ExitReason;
import java.util.Locale;

/**
 * One served exit, for traces and crash reports.
 *
 * @param nanoTime {@link System#nanoTime} when it had been served; 0 if no time was taken
 * @param vcpu which vCPU, from 0
 * @param place port number, guest-physical address or hypercall number, as the reason says; 0 if it has none
 * @param size bytes of one access; 0 if there was no access
 * @param count accesses of a string instruction, 1 otherwise
 * @param value the first datum read or written, or the hypercall's result
 * @param owner name of the device or service that served it; empty if nobody claims the place or nobody was asked
 */
public record ExitRecord(
        long nanoTime, int vcpu, ExitReason reason, long place, int size, int count, long value, String owner) {

    /** One line, as {@code --trace exits} and crash reports show it. */
    public String describe() {
        return switch (reason) {
            case PORT_READ, PORT_WRITE -> access("port 0x" + Integer.toHexString((int) place));
            case MMIO_READ, MMIO_WRITE -> access("gpa 0x" + Long.toHexString(place));
            case HYPERCALL -> "hypercall 0x" + Long.toHexString(place) + " = " + value + "  " + server();
            default -> reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
    }

    private String access(String where) {
        boolean write = reason == ExitReason.PORT_WRITE || reason == ExitReason.MMIO_WRITE;
        String times = count == 1 ? "" : " x " + count;
        return (write ? "write " : "read  ") + where + " size " + size + times + (write ? " <- 0x" : " -> 0x")
                + Long.toHexString(value) + "  " + server();
    }

    private String server() {
        return owner.isEmpty() ? "(unclaimed)" : owner;
    }
}
