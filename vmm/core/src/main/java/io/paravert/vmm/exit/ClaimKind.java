package io.paravert.vmm.exit;

/** What can be claimed. */
public enum ClaimKind {
    PORT(0x1_0000L, "port"),
    MMIO(1L << 52, "address"),
    HYPERCALL(0x1_0000L, "hypercall");

    private final long limit;
    private final String noun;

    ClaimKind(long limit, String noun) {
        this.limit = limit;
        this.noun = noun;
    }

    /** First place that does not exist. AMD APM vol. 2, 5.3: physical addresses have at most 52 bits. */
    public long limit() {
        return limit;
    }

    String noun() {
        return noun;
    }
}
