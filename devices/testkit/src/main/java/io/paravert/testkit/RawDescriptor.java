package io.paravert.testkit;

/**
 * A descriptor, right or wrong.
 *
 * @param length its low 32 bits count
 * @param flags 16 bits; AVAIL and USED of a packed ring are flipped by what stands here
 * @param next split: the next field, or {@link #FOLLOWING}
 */
public record RawDescriptor(long gpa, long length, int flags, int next) {
    public static final int NEXT = 1;
    public static final int WRITE = 2;
    public static final int INDIRECT = 4;
    /** The descriptor that the driver places behind this one. */
    public static final int FOLLOWING = -1;

    static final int BYTES = 16;

    public RawDescriptor(long gpa, long length, int flags) {
        this(gpa, length, flags, FOLLOWING);
    }
}
