package io.paravert.vmm.engine;

import java.util.List;

/**
 * What a probe found; {@code paravert doctor} prints it.
 *
 * @param name "kvm" or "soft"
 * @param summary one line: what it is (for KVM: the module behind the device and its API version)
 * @param cause one line, empty if usable
 * @param remedy one line, empty if usable
 * @param facts in the order to print them
 */
public record EngineReport(
        String name,
        boolean usable,
        String summary,
        String cause,
        String remedy,
        List<Fact> facts,
        List<TransportFinding> transports) {

    public EngineReport {
        facts = List.copyOf(facts);
        transports = List.copyOf(transports);
    }

    /** A capability or property and its value, as text. */
    public record Fact(String name, String value) {}

    /**
     * @param works whether a call reached user space and came back right
     * @param nanoseconds median of one round trip; 0 if it does not work
     * @param detail what happened, one line
     * @param chosen whether machines will use it
     */
    public record TransportFinding(
            HypercallTransport transport, boolean works, long nanoseconds, String detail, boolean chosen) {}
}
