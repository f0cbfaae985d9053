package io.paravert.vmm.exit;

/** A claimed range and who serves it; immutable but for its counter. */
public final class Claim {
    private static final CallServer NO_CALLS = (vcpu, number, a0, a1, a2, a3, a4, a5) -> -1;

    private final ClaimKind kind;
    private final long first;
    private final long length;
    private final ClaimOwner owner;
    private final boolean inline;
    private final AccessServer accesses;
    private final CallServer calls;
    private final PerVcpuCounter served;

    private Claim(
            ClaimKind kind,
            long first,
            long length,
            ClaimOwner owner,
            boolean inline,
            AccessServer accesses,
            CallServer calls,
            PerVcpuCounter served) {
        this.kind = kind;
        this.first = first;
        this.length = length;
        this.owner = owner;
        this.inline = inline;
        this.accesses = accesses;
        this.calls = calls;
        this.served = served;
    }

    /**
     * @param inline whether the vCPU's thread does the work
     * @param vcpus of the machine
     */
    public static Claim ofAccesses(
            ClaimKind kind, long first, long length, ClaimOwner owner, boolean inline, AccessServer server, int vcpus) {
        return new Claim(kind, first, length, owner, inline, server, NO_CALLS, new PerVcpuCounter(vcpus));
    }

    public static Claim ofCalls(int first, int count, ClaimOwner owner, boolean inline, CallServer server, int vcpus) {
        return new Claim(
                ClaimKind.HYPERCALL,
                first,
                count,
                owner,
                inline,
                NoAccesses.INSTANCE,
                server,
                new PerVcpuCounter(vcpus));
    }

    /** The same at another place, with the same counter. */
    Claim at(long newFirst) {
        return new Claim(kind, newFirst, length, owner, inline, accesses, calls, served);
    }

    public ClaimKind kind() {
        return kind;
    }

    public long first() {
        return first;
    }

    public long length() {
        return length;
    }

    public ClaimOwner owner() {
        return owner;
    }

    public boolean isInline() {
        return inline;
    }

    public AccessServer accesses() {
        return accesses;
    }

    public CallServer calls() {
        return calls;
    }

    /** Exits that this claim has served. */
    public PerVcpuCounter served() {
        return served;
    }

    /** "ports 0x3f8-0x3ff of uart0". */
    String describe() {
        String range = length == 1
                ? kind.noun() + " 0x" + Long.toHexString(first)
                : kind.noun() + (kind == ClaimKind.MMIO ? "es 0x" : "s 0x") + Long.toHexString(first) + "-0x"
                        + Long.toHexString(first + length - 1);
        return range + " of " + owner.name();
    }

    /** Stands where calls are claimed and no access can arrive. */
    private enum NoAccesses implements AccessServer {
        INSTANCE;

        @Override
        public long read(CallingVcpu vcpu, long offset, int size) {
            return -1;
        }

        @Override
        public void write(CallingVcpu vcpu, long offset, int size, long value) {}
    }
}
