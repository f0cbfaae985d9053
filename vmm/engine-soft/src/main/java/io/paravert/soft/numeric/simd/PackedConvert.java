package io.paravert.soft.numeric.simd;

/** Packs (PAIR), unpacks (LANE, and the MMX forms on words) and the widening moves (from the low words of the source). */
public final class PackedConvert {
    private PackedConvert() {}

    /** PAIR: signed words to signed bytes with saturation. */
    public static long packsswb(long lo, long hi) {
        return signedBytes(lo) | signedBytes(hi) << 32;
    }

    /** PAIR: signed words to unsigned bytes with saturation. */
    public static long packuswb(long lo, long hi) {
        return unsignedBytes(lo) | unsignedBytes(hi) << 32;
    }

    /** PAIR: signed doublewords to signed words with saturation. */
    public static long packssdw(long lo, long hi) {
        return clamp((int) lo, -32768, 32767)
                | clamp((int) (lo >> 32), -32768, 32767) << 16
                | clamp((int) hi, -32768, 32767) << 32
                | clamp((int) (hi >> 32), -32768, 32767) << 48;
    }

    /** PAIR: signed doublewords to unsigned words with saturation. */
    public static long packusdw(long lo, long hi) {
        return clamp((int) lo, 0, 65535)
                | clamp((int) (lo >> 32), 0, 65535) << 16
                | clamp((int) hi, 0, 65535) << 32
                | clamp((int) (hi >> 32), 0, 65535) << 48;
    }

    /** The MMX form; also one half of the lane forms: the low halves of a and b interleaved. */
    public static long punpcklbwMmx(long a, long b) {
        return pmovzxbw((int) a) | pmovzxbw((int) b) << 8;
    }

    public static long punpckhbwMmx(long a, long b) {
        return punpcklbwMmx(a >>> 32, b >>> 32);
    }

    public static long punpcklwdMmx(long a, long b) {
        return pmovzxwd((int) a) | pmovzxwd((int) b) << 16;
    }

    public static long punpckhwdMmx(long a, long b) {
        return punpcklwdMmx(a >>> 32, b >>> 32);
    }

    public static long punpckldqMmx(long a, long b) {
        return (a & 0xffff_ffffL) | b << 32;
    }

    public static long punpckhdqMmx(long a, long b) {
        return a >>> 32 | (b & 0xffff_ffff_0000_0000L);
    }

    public static void punpcklbw(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai];
        long y = b[bi];
        d[di] = punpcklbwMmx(x, y);
        d[di + 1] = punpckhbwMmx(x, y);
    }

    public static void punpckhbw(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai + 1];
        long y = b[bi + 1];
        d[di] = punpcklbwMmx(x, y);
        d[di + 1] = punpckhbwMmx(x, y);
    }

    public static void punpcklwd(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai];
        long y = b[bi];
        d[di] = punpcklwdMmx(x, y);
        d[di + 1] = punpckhwdMmx(x, y);
    }

    public static void punpckhwd(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai + 1];
        long y = b[bi + 1];
        d[di] = punpcklwdMmx(x, y);
        d[di + 1] = punpckhwdMmx(x, y);
    }

    /** Also UNPCKLPS. */
    public static void punpckldq(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai];
        long y = b[bi];
        d[di] = punpckldqMmx(x, y);
        d[di + 1] = punpckhdqMmx(x, y);
    }

    /** Also UNPCKHPS. */
    public static void punpckhdq(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai + 1];
        long y = b[bi + 1];
        d[di] = punpckldqMmx(x, y);
        d[di + 1] = punpckhdqMmx(x, y);
    }

    /** Also UNPCKLPD. */
    public static void punpcklqdq(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai];
        long y = b[bi];
        d[di] = x;
        d[di + 1] = y;
    }

    /** Also UNPCKHPD. */
    public static void punpckhqdq(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai + 1];
        long y = b[bi + 1];
        d[di] = x;
        d[di + 1] = y;
    }

    /** Which widening move {@link #widen} makes: the width of source and destination elements, and the sign. */
    public enum Widening {
        PMOVSXBW(8, 16, true),
        PMOVSXBD(8, 32, true),
        PMOVSXBQ(8, 64, true),
        PMOVSXWD(16, 32, true),
        PMOVSXWQ(16, 64, true),
        PMOVSXDQ(32, 64, true),
        PMOVZXBW(8, 16, false),
        PMOVZXBD(8, 32, false),
        PMOVZXBQ(8, 64, false),
        PMOVZXWD(16, 32, false),
        PMOVZXWQ(16, 64, false),
        PMOVZXDQ(32, 64, false);

        final int from;
        final int to;
        final boolean signed;

        Widening(int from, int to, boolean signed) {
            this.from = from;
            this.to = to;
            this.signed = signed;
        }

        /** Bits of source that one 64-bit word of the result takes: how much the memory form reads, per word. */
        public int sourceBitsPerWord() {
            return 64 / to * from;
        }

        /** One word of the result from the low {@link #sourceBitsPerWord()} bits of {@code source}. */
        public long word(long source) {
            return switch (this) {
                case PMOVSXBW -> signExtend(pmovzxbw((int) source), 0x0080_0080_0080_0080L);
                case PMOVSXWD -> signExtend(pmovzxwd((int) source), 0x0000_8000_0000_8000L);
                case PMOVSXBD -> signExtend(pmovzxbd((int) source), 0x0000_0080_0000_0080L);
                case PMOVSXBQ -> (byte) source;
                case PMOVSXWQ -> (short) source;
                case PMOVSXDQ -> (int) source;
                case PMOVZXBW -> pmovzxbw((int) source);
                case PMOVZXWD -> pmovzxwd((int) source);
                case PMOVZXBD -> pmovzxbd((int) source);
                case PMOVZXBQ -> source & 0xff;
                case PMOVZXWQ -> source & 0xffff;
                case PMOVZXDQ -> source & 0xffff_ffffL;
            };
        }

        /** The elements' values are sign-extended inside their places: flip the sign bit, subtract it again. */
        private static long signExtend(long w, long sign) {
            long high = sign == 0x0080_0080_0080_0080L ? Swar.HIGH_W : Swar.HIGH_D;
            return Swar.sub(w ^ sign, sign, high);
        }
    }

    /** A widening move of {@code words} words (2 or 4) of result, from the low words of s. */
    public static void widen(Widening kind, long[] d, int di, long[] s, int si, int words) {
        int step = kind.sourceBitsPerWord();
        for (int w = words - 1; w >= 0; w--) { // downwards: d may be s, and word w reads no word above w
            int bit = w * step;
            d[di + w] = kind.word(s[si + (bit >>> 6)] >>> (bit & 63));
        }
    }

    private static long pmovzxbw(int w) {
        long x = w & 0xffff_ffffL;
        x = (x | x << 16) & 0x0000_ffff_0000_ffffL;
        return (x | x << 8) & 0x00ff_00ff_00ff_00ffL;
    }

    private static long pmovzxwd(int w) {
        return (w & 0xffffL) | (long) (w >>> 16) << 32;
    }

    private static long pmovzxbd(int w) {
        return (w & 0xffL) | (long) (w >>> 8 & 0xff) << 32;
    }

    private static long signedBytes(long words) {
        return narrow(words, -128, 127);
    }

    private static long unsignedBytes(long words) {
        return narrow(words, 0, 255);
    }

    private static long narrow(long words, int min, int max) {
        return (clamp((short) words, min, max) & 0xff)
                | (clamp((short) (words >> 16), min, max) & 0xff) << 8
                | (clamp((short) (words >> 32), min, max) & 0xff) << 16
                | (clamp((short) (words >> 48), min, max) & 0xff) << 24;
    }

    private static long clamp(int value, int min, int max) {
        return Math.max(min, Math.min(max, value)) & 0xffff;
    }
}
