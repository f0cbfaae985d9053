package io.paravert.isa;

/** What CPUID has to report before an instruction may be used. The comment on each is the leaf, register and bit. */
public enum Feature {
    /** No feature bit: present in every processor this table is for. */
    BASE(0, ' ', 0),
    /** Time-stamp counter. */
    TSC(1, 'd', 4),
    /** RDMSR and WRMSR. */
    MSR(1, 'd', 5),
    /** CMPXCHG8B. */
    CX8(1, 'd', 8),
    /** SYSENTER and SYSEXIT. */
    SEP(1, 'd', 11),
    /** Conditional moves. */
    CMOV(1, 'd', 15),
    /** x87 floating point. */
    X87(1, 'd', 0),
    /** CLFLUSH. */
    CLFLUSH(1, 'd', 19),
    /** MMX. */
    MMX(1, 'd', 23),
    /** FXSAVE and FXRSTOR. */
    FXSR(1, 'd', 24),
    /** SSE. */
    SSE(1, 'd', 25),
    /** SSE2. */
    SSE2(1, 'd', 26),
    /** SSE3. */
    SSE3(1, 'c', 0),
    /** Carry-less multiplication. */
    PCLMULQDQ(1, 'c', 1),
    /** MONITOR and MWAIT. */
    MONITOR(1, 'c', 3),
    /** VMX. */
    VMX(1, 'c', 5),
    /** Safer mode extensions. */
    SMX(1, 'c', 6),
    /** SSSE3. */
    SSSE3(1, 'c', 9),
    /** Fused multiply-add. */
    FMA(1, 'c', 12),
    /** CMPXCHG16B. */
    CX16(1, 'c', 13),
    /** SSE4.1. */
    SSE4_1(1, 'c', 19),
    /** SSE4.2. */
    SSE4_2(1, 'c', 20),
    /** MOVBE. */
    MOVBE(1, 'c', 22),
    /** POPCNT. */
    POPCNT(1, 'c', 23),
    /** AES. */
    AES(1, 'c', 25),
    /** XSAVE and its like. */
    XSAVE(1, 'c', 26),
    /** AVX. */
    AVX(1, 'c', 28),
    /** Half-precision conversion. */
    F16C(1, 'c', 29),
    /** RDRAND. */
    RDRAND(1, 'c', 30),
    /** RDFSBASE and its like. */
    FSGSBASE(7, 'b', 0),
    /** BMI1. */
    BMI1(7, 'b', 3),
    /** AVX2. */
    AVX2(7, 'b', 5),
    /** BMI2. */
    BMI2(7, 'b', 8),
    /** INVPCID. */
    INVPCID(7, 'b', 10),
    /** Restricted transactions (Intel). */
    RTM(7, 'b', 11),
    /** RDSEED. */
    RDSEED(7, 'b', 18),
    /** ADCX and ADOX. */
    ADX(7, 'b', 19),
    /** STAC and CLAC. */
    SMAP(7, 'b', 20),
    /** CLFLUSHOPT. */
    CLFLUSHOPT(7, 'b', 23),
    /** CLWB. */
    CLWB(7, 'b', 24),
    /** SHA-1 and SHA-256. */
    SHA(7, 'b', 29),
    /** Protection keys. */
    PKU(7, 'c', 3),
    /** User wait (Intel). */
    WAITPKG(7, 'c', 5),
    /** Shadow stacks. */
    CET_SS(7, 'c', 7),
    /** Galois-field instructions. */
    GFNI(7, 'c', 8),
    /** Vector AES. */
    VAES(7, 'c', 9),
    /** Vector carry-less multiplication. */
    VPCLMULQDQ(7, 'c', 10),
    /** RDPID. */
    RDPID(7, 'c', 22),
    /** CLDEMOTE. */
    CLDEMOTE(7, 'c', 25),
    /** MOVDIRI. */
    MOVDIRI(7, 'c', 27),
    /** MOVDIR64B. */
    MOVDIR64B(7, 'c', 28),
    /** SERIALIZE. */
    SERIALIZE(7, 'd', 14),
    /** Indirect branch tracking. */
    CET_IBT(7, 'd', 20),
    /** XSAVEOPT: leaf 0xd, sub-leaf 1. */
    XSAVEOPT(0xd, 'a', 0),
    /** XSAVEC: leaf 0xd, sub-leaf 1. */
    XSAVEC(0xd, 'a', 1),
    /** XSAVES: leaf 0xd, sub-leaf 1. */
    XSAVES(0xd, 'a', 3),
    /** PTWRITE: leaf 0x14. */
    PTWRITE(0x14, 'b', 4),
    /** LAHF and SAHF in 64-bit code. */
    LAHF(0x8000_0001, 'c', 0),
    /** SVM. */
    SVM(0x8000_0001, 'c', 2),
    /** LZCNT. */
    LZCNT(0x8000_0001, 'c', 5),
    /** SSE4a (AMD). */
    SSE4A(0x8000_0001, 'c', 6),
    /** PREFETCHW. */
    PREFETCHW(0x8000_0001, 'c', 8),
    /** SKINIT. */
    SKINIT(0x8000_0001, 'c', 12),
    /** MONITORX (AMD). */
    MONITORX(0x8000_0001, 'c', 29),
    /** SYSCALL and SYSRET. */
    SYSCALL(0x8000_0001, 'd', 11),
    /** RDTSCP. */
    RDTSCP(0x8000_0001, 'd', 27),
    /** Long mode. */
    LM(0x8000_0001, 'd', 29),
    /** CLZERO (AMD). */
    CLZERO(0x8000_0008, 'b', 0),
    /** INVLPGB and TLBSYNC (AMD). */
    INVLPGB(0x8000_0008, 'b', 3),
    /** RDPRU (AMD). */
    RDPRU(0x8000_0008, 'b', 4),
    /** WBNOINVD. */
    WBNOINVD(0x8000_0008, 'b', 9),
    /** Encrypted state (AMD); without it VMGEXIT is VMMCALL. */
    SEV_ES(0x8000_001f, 'a', 3),
    /** Secure nested paging (AMD). */
    SNP(0x8000_001f, 'a', 4);

    private final int leaf;
    private final char register;
    private final int bit;

    Feature(int leaf, char register, int bit) {
        this.leaf = leaf;
        this.register = register;
        this.bit = bit;
    }

    /** The CPUID leaf, 0 for BASE. */
    public int leaf() {
        return leaf;
    }

    /** The sub-leaf of the leaf. */
    public int subleaf() {
        return leaf == 0xd ? 1 : 0;
    }

    /** The register that reports the feature: 'a' for EAX to 'd' for EDX; a space for BASE. */
    public char register() {
        return register;
    }

    /** The bit in that register. */
    public int bit() {
        return bit;
    }
}
