package io.paravert.soft.numeric.integer;

import static io.paravert.soft.numeric.integer.Flags.AF;
import static io.paravert.soft.numeric.integer.Flags.CF;

/** DAA, DAS, AAA, AAS, AAM, AAD (not in 64-bit mode). AL or AX in and out, as an int; AMD APM vol. 3. */
public final class DecimalAdjust {
    private DecimalAdjust() {}

    public static int daa(int al, int old) {
        int r = al & 0xff;
        if (lowDigit(al, old)) r += 6;
        if (highDigit(al, old)) r += 0x60;
        return r & 0xff;
    }

    public static int das(int al, int old) {
        int r = al & 0xff;
        if (lowDigit(al, old)) r -= 6;
        if (highDigit(al, old)) r -= 0x60;
        return r & 0xff;
    }

    /** CF, AF, and SF ZF PF of the result. Undefined: OF is the signed overflow of the correction. */
    public static int daaFlags(int al, int old) {
        int r = daa(al, old);
        return decimal(r, al, highDigit(al, old), ~al & r & 0x80, old);
    }

    /** As {@link #daaFlags}. A borrow out of the low digit's correction alone also sets CF. */
    public static int dasFlags(int al, int old) {
        boolean borrow = lowDigit(al, old) && (al & 0xff) < 6;
        int r = das(al, old);
        return decimal(r, al, highDigit(al, old) || borrow, al & ~r & 0x80, old);
    }

    private static int decimal(int result, int al, boolean carry, int overflow, int old) {
        int kept = old & ~Flags.ARITHMETIC;
        return kept | Flags.signZeroParity(result, 8) | (lowDigit(al, old) ? AF : 0) | (carry ? CF : 0) | overflow << 4;
    }

    /** AX after AAA. */
    public static int aaa(int ax, int old) {
        return ax + asciiCorrection(ax, old) & 0xff0f;
    }

    /** AX after AAS. */
    public static int aas(int ax, int old) {
        return ax - asciiCorrection(ax, old) & 0xff0f;
    }

    /** AF and CF say that the digit was corrected. Undefined: the others are those of the 16-bit correction of AX. */
    public static int aaaFlags(int ax, int old) {
        int raw = ax + asciiCorrection(ax, old);
        return ascii(raw, ax, ~ax & raw & 0x8000, old);
    }

    /** As {@link #aaaFlags}. */
    public static int aasFlags(int ax, int old) {
        int raw = ax - asciiCorrection(ax, old);
        return ascii(raw, ax, ax & ~raw & 0x8000, old);
    }

    private static int asciiCorrection(int ax, int old) {
        return lowDigit(ax, old) ? 0x106 : 0;
    }

    private static int ascii(int raw, int ax, int overflow, int old) {
        int corrected = lowDigit(ax, old) ? AF | CF : 0;
        return old & ~Flags.ARITHMETIC | corrected | Flags.signZeroParity(raw, 16) | overflow >> 4;
    }

    /** AX after AAM; a base of zero raises #DE in the glue. */
    public static int aam(int al, int base) {
        int b = base & 0xff;
        return (al & 0xff) / b << 8 | (al & 0xff) % b;
    }

    /** AX after AAD. */
    public static int aad(int ax, int base) {
        return (ax & 0xff) + (ax >> 8 & 0xff) * (base & 0xff) & 0xff;
    }

    /** Flags of AAM by the AL that it leaves: SF ZF PF. Undefined: the others are clear. */
    public static int aamFlags(int al, int old) {
        return old & ~Flags.ARITHMETIC | Flags.signZeroParity(al, 8);
    }

    /** SF ZF PF of the result. Undefined: the others are those of the addition of AL. */
    public static int aadFlags(int ax, int base, int old) {
        int al = ax & 0xff;
        int product = (ax >> 8 & 0xff) * (base & 0xff) & 0xff;
        int sum = al + product;
        int overflow = (al ^ sum) & (product ^ sum) & 0x80;
        int carries = sum >> 8 | (al ^ product ^ sum) & AF;
        return old & ~Flags.ARITHMETIC | Flags.signZeroParity(sum, 8) | carries | overflow << 4;
    }

    private static boolean lowDigit(int al, int old) {
        return (al & 0xf) > 9 || (old & AF) != 0;
    }

    private static boolean highDigit(int al, int old) {
        return (al & 0xff) > 0x99 || (old & CF) != 0;
    }
}
