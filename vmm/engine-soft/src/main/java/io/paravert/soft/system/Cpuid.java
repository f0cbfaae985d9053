package io.paravert.soft.system;

import io.paravert.isa.Feature;
import io.paravert.soft.memory.GuestPhysical;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.vmm.engine.MachineSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What CPUID says: exactly the features that there are, since both the bits and what decodes come from one set. Immutable; any
 * thread.
 */
public final class Cpuid {
    private static final int LAST_BASIC = 0xd;
    private static final int LAST_EXTENDED = 0x8000_0021;
    private static final String VENDOR = "AuthenticAMD";
    private static final String BRAND = "Paravert software engine";
    /** Family 0x17, model 0x31, stepping 0: the first AMD processors with what this one has. */
    static final int SIGNATURE = 0x0083_0f10;

    /** Bytes of XSAVE's legacy area and header. */
    private static final int XSAVE_BASE = 576;

    private static final int LINEAR_BITS = 48;
    private static final int CLFLUSH_LINE = 8 << 8;

    // Leaf 1 and 0x80000001 bits that stand for no instruction.
    private static final int DE = 1 << 2;
    private static final int PSE = 1 << 3;
    private static final int PAE = 1 << 6;
    private static final int MCE = 1 << 7;
    private static final int APIC = 1 << 9;
    private static final int MTRR = 1 << 12;
    private static final int PGE = 1 << 13;
    private static final int MCA = 1 << 14;
    private static final int PAT = 1 << 16;
    private static final int PSE36 = 1 << 17;
    private static final int ECX_PCID = 1 << 17;
    private static final int ECX_OSXSAVE = 1 << 27;
    private static final int ECX_HYPERVISOR = 1 << 31;
    private static final int NX = 1 << 20;
    private static final int PAGE_1G = 1 << 26;
    private static final int LEAF7_SMEP = 1 << 7;
    private static final int LEAF7_ERMS = 1 << 9;
    private static final int LEAF7_UMIP = 1 << 2;
    private static final int INVARIANT_TSC = 1 << 8;
    private static final int NULL_SELECTOR_CLEARS_BASE = 1 << 6;
    // Nothing is executed speculatively here. Kernels that are told so (AMD APM vol. 3, Fn8000_0008 and Fn8000_0021)
    // call and
    // return without the thunks that they need elsewhere, several instructions each.
    private static final int AUTOMATIC_IBRS = 1 << 8;
    private static final int SRSO_NO = 1 << 29;
    private static final int SSB_NO = 1 << 26;
    private static final int BTC_NO = 1 << 29;

    private final Set<Feature> features;
    private final Map<Long, int[]> leaves = new HashMap<>();
    private final Map<Integer, MachineSpec.CpuidEntry> given = new HashMap<>();

    /**
     * @param features that the machine has
     * @param apic whether there are local APICs
     * @param vcpus of the machine
     * @param monitor leaves that the monitor adds, which win
     */
    public Cpuid(Set<Feature> features, boolean apic, int vcpus, List<MachineSpec.CpuidEntry> monitor) {
        this.features = EnumSet.copyOf(features);
        addText(0x8000_0002, BRAND);
        addIdentity(apic);
        addPagingAndSizes();
        MachineLeaves.add(this::set, apic, vcpus, monitor);
        for (Feature feature : features) {
            addFeature(feature);
        }
        addExtendedState();
        for (MachineSpec.CpuidEntry entry : monitor) {
            given.put(entry.leaf(), entry);
        }
    }

    /** Whether instructions that need the feature exist. */
    public boolean has(Feature feature) {
        return feature == Feature.BASE || features.contains(feature);
    }

    private int[] leaf(int number, int subleaf) {
        return leaves.computeIfAbsent((long) number << 32 | subleaf, key -> new int[4]);
    }

    private void set(int number, int eax, int ebx, int ecx, int edx) {
        set(number, 0, eax, ebx, ecx, edx);
    }

    private void set(int number, int subleaf, int eax, int ebx, int ecx, int edx) {
        int[] values = leaf(number, subleaf);
        values[0] |= eax;
        values[1] |= ebx;
        values[2] |= ecx;
        values[3] |= edx;
    }

    private void addIdentity(boolean apic) {
        ByteBuffer vendor =
                ByteBuffer.wrap(VENDOR.getBytes(StandardCharsets.US_ASCII)).order(ByteOrder.LITTLE_ENDIAN);
        int b = vendor.getInt();
        int d = vendor.getInt();
        int c = vendor.getInt();
        set(0, LAST_BASIC, b, c, d);
        set(0x8000_0000, LAST_EXTENDED, b, c, d);
        int edx = DE | PSE | PAE | MCE | MTRR | PGE | MCA | PAT | PSE36 | (apic ? APIC : 0);
        set(1, SIGNATURE, CLFLUSH_LINE, ECX_PCID | ECX_HYPERVISOR, edx);
        set(0x8000_0001, SIGNATURE, 0, 0, edx | NX | PAGE_1G);
        set(7, 0, LEAF7_SMEP | LEAF7_ERMS, LEAF7_UMIP, 0);
        set(0x8000_0007, 0, 0, 0, INVARIANT_TSC);
        set(0x8000_0021, NULL_SELECTOR_CLEARS_BASE | AUTOMATIC_IBRS | SRSO_NO, 0, 0, 0);
        set(0x8000_0008, 0, SSB_NO | BTC_NO, 0, 0);
    }

    private void addPagingAndSizes() {
        set(0x8000_0008, LINEAR_BITS << 8 | GuestPhysical.ADDRESS_BITS, 0, 0, 0);
    }

    /** Leaf 0xd: what XCR0 can have, and where it lies in XSAVE's image (Intel SDM vol. 1, 13.2). */
    private void addExtendedState() {
        if (!features.contains(Feature.XSAVE)) {
            return;
        }
        boolean avx = features.contains(Feature.AVX);
        set(0xd, (int) xcr0Known(), XSAVE_BASE, avx ? Cpu.IMAGE_BYTES : XSAVE_BASE, 0);
        if (avx) {
            int[] upper = leaf(0xd, 2);
            upper[0] = Cpu.IMAGE_BYTES - XSAVE_BASE;
            upper[1] = XSAVE_BASE;
        }
    }

    /** Bits that XCR0 can have. */
    public long xcr0Known() {
        long avx = features.contains(Feature.AVX) ? Control.XCR0_AVX : 0;
        return Control.XCR0_X87 | Control.XCR0_SSE | avx;
    }

    /** 48 characters over three leaves. */
    private void addText(int first, String text) {
        byte[] bytes = new byte[48];
        byte[] characters = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(characters, 0, bytes, 0, characters.length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 3; i++) {
            set(first + i, buffer.getInt(), buffer.getInt(), buffer.getInt(), buffer.getInt());
        }
    }

    private void addFeature(Feature feature) {
        if (feature.leaf() == 0) {
            return;
        }
        int bit = 1 << feature.bit();
        leaf(feature.leaf(), feature.subleaf())[feature.register() - 'a'] |= bit;
        // AMD repeats these bits of leaf 1 in leaf 0x80000001.
        if (feature.leaf() == 1
                && feature.register() == 'd'
                && feature.bit() <= 24
                && feature != Feature.SEP
                && feature != Feature.CLFLUSH) {
            leaf(0x8000_0001, 0)[3] |= bit;
        }
    }

    /** Fills {@code out} with EAX, EBX, ECX, EDX. */
    public void read(Cpu cpu, int apicId, int number, int subleaf, int[] out) {
        MachineSpec.CpuidEntry entry = given.get(number);
        int[] values = null;
        if (entry != null) {
            int edx = entry.vcpuInEdx() ? apicId : entry.edx();
            values = new int[] {entry.eax(), entry.ebx(), entry.ecx(), edx};
        } else {
            boolean hasSubleaves = number == 7 || number == 0xb || number == 0xd || number == 4;
            values = leaves.get((long) number << 32 | (hasSubleaves ? subleaf & 0xffff_ffffL : 0));
        }
        if (values == null) {
            Arrays.fill(out, 0);
            out[3] = number == 0xb ? apicId : 0;
            out[2] = number == 0xb ? subleaf & 0xff : 0;
            return;
        }
        System.arraycopy(values, 0, out, 0, 4);
        if (number == 0xb) {
            out[3] = apicId;
        }
        if (number == 1) {
            out[1] |= apicId << 24;
            out[2] |= (cpu.cr4 & Control.CR4_OSXSAVE) != 0 ? ECX_OSXSAVE : 0;
        }
        if (number == 0xd && subleaf == 0 && out[2] != 0) {
            out[1] = (cpu.xcr0 & Control.XCR0_AVX) != 0 ? Cpu.IMAGE_BYTES : XSAVE_BASE;
        }
    }
}
