package io.paravert.vmm.crash;

import java.util.Locale;

/** The names of the bits of a register, as the manuals print them. */
final class FlagNames {
    /** RFLAGS (AMD APM vol. 2, 3.1.6). Bits 12-13 are IOPL, and bit 1 always set: not named. */
    static final FlagNames RFLAGS = new FlagNames(
            "0 CF", "2 PF", "4 AF", "6 ZF", "7 SF", "8 TF", "9 IF", "10 DF", "11 OF", "14 NT", "16 RF", "17 VM",
            "18 AC", "19 VIF", "20 VIP", "21 ID");

    /** CR0 (AMD APM vol. 2, 3.1.1). */
    static final FlagNames CR0 =
            new FlagNames("0 PE", "1 MP", "2 EM", "3 TS", "4 ET", "5 NE", "16 WP", "18 AM", "29 NW", "30 CD", "31 PG");

    /** CR4 (AMD APM vol. 2, 3.1.3; Intel SDM vol. 3, 2.5). */
    static final FlagNames CR4 = new FlagNames(
            "0 VME",
            "1 PVI",
            "2 TSD",
            "3 DE",
            "4 PSE",
            "5 PAE",
            "6 MCE",
            "7 PGE",
            "8 PCE",
            "9 OSFXSR",
            "10 OSXMMEXCPT",
            "11 UMIP",
            "12 LA57",
            "13 VMXE",
            "14 SMXE",
            "16 FSGSBASE",
            "17 PCIDE",
            "18 OSXSAVE",
            "19 KL",
            "20 SMEP",
            "21 SMAP",
            "22 PKE",
            "23 CET",
            "24 PKS");

    /** EFER (AMD APM vol. 2, 3.1.7). */
    static final FlagNames EFER =
            new FlagNames("0 SCE", "8 LME", "10 LMA", "11 NXE", "12 SVME", "13 LMSLE", "14 FFXSR", "15 TCE");

    /** Entries of page tables (AMD APM vol. 2, 5.4.1). Bit 7 is PS in a directory and PAT in a page table. */
    static final FlagNames PAGE_ENTRY =
            new FlagNames("0 P", "1 RW", "2 US", "3 PWT", "4 PCD", "5 A", "6 D", "7 PS", "8 G", "63 NX");

    private final String[] names = new String[Long.SIZE];

    private FlagNames(String... bits) {
        for (String bit : bits) {
            int space = bit.indexOf(' ');
            names[Integer.parseInt(bit, 0, space, 10)] = bit.substring(space + 1);
        }
    }

    /** Names of the bits that are set, lowest first, separated by spaces; bits without a name are left out. */
    String format(long value) {
        StringBuilder text = new StringBuilder();
        for (long rest = value; rest != 0; rest &= rest - 1) {
            String name = names[Long.numberOfTrailingZeros(rest)];
            if (name != null) {
                text.append(text.isEmpty() ? "" : " ").append(name);
            }
        }
        return text.toString();
    }

    /** Register value and names: {@code 0x80000011 (PE ET PG)}. */
    String describe(long value) {
        return String.format(Locale.ROOT, "0x%x (%s)", value, format(value));
    }
}
