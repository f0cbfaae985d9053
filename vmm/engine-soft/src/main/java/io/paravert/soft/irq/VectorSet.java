package io.paravert.soft.irq;

import java.util.concurrent.atomic.AtomicLongArray;

/** 256 bits, one a vector: IRR, ISR or TMR. Any thread. */
final class VectorSet {
    private final AtomicLongArray words = new AtomicLongArray(4);

    /** Returns whether the bit was clear. */
    boolean add(int vector) {
        long bit = 1L << vector;
        return (words.getAndUpdate(vector >>> 6, w -> w | bit) & bit) == 0;
    }

    boolean remove(int vector) {
        long bit = 1L << vector;
        return (words.getAndUpdate(vector >>> 6, w -> w & ~bit) & bit) != 0;
    }

    boolean contains(int vector) {
        return (words.get(vector >>> 6) >>> vector & 1) != 0;
    }

    /** The highest vector, -1 if there is none. */
    int highest() {
        for (int i = 3; i >= 0; i--) {
            long word = words.get(i);
            if (word != 0) {
                return i * 64 + 63 - Long.numberOfLeadingZeros(word);
            }
        }
        return -1;
    }

    /** One of the eight 32-bit registers. */
    int register(int index) {
        return (int) (words.get(index >>> 1) >>> (index & 1) * 32);
    }

    void clear() {
        for (int i = 0; i < 4; i++) {
            words.set(i, 0);
        }
    }
}
