package io.paravert.soft.state;

/** Exception vectors (AMD APM vol. 2, 8.2). */
public final class Vector {
    public static final int DE = 0;
    public static final int DB = 1;
    public static final int NMI = 2;
    public static final int BP = 3;
    public static final int OF = 4;
    public static final int BR = 5;
    public static final int UD = 6;
    public static final int NM = 7;
    public static final int DF = 8;
    public static final int TS = 10;
    public static final int NP = 11;
    public static final int SS = 12;
    public static final int GP = 13;
    public static final int PF = 14;
    public static final int MF = 16;
    public static final int AC = 17;
    public static final int MC = 18;
    public static final int XF = 19;

    /** Vectors that push an error code. */
    private static final int WITH_ERROR_CODE = 1 << DF | 1 << TS | 1 << NP | 1 << SS | 1 << GP | 1 << PF | 1 << AC;

    /** Contributory exceptions (AMD APM vol. 2, 8.2.9): two of them make a double fault. */
    private static final int CONTRIBUTORY = 1 << DE | 1 << TS | 1 << NP | 1 << SS | 1 << GP;

    private Vector() {}

    public static boolean hasErrorCode(int vector) {
        return vector < 32 && (WITH_ERROR_CODE >> vector & 1) != 0;
    }

    /** True if {@code second}, raised while {@code first} is being delivered, becomes a double fault. */
    public static boolean makesDoubleFault(int first, int second) {
        boolean secondContributes = (CONTRIBUTORY >> second & 1) != 0;
        if (first == PF) {
            return second == PF || secondContributes;
        }
        return (CONTRIBUTORY >> first & 1) != 0 && secondContributes;
    }
}
