package io.paravert.testkit;

/** Bytes as a source of choices: what a fuzzer changes. After the last one everything is 0. */
final class ByteSource {
    private final byte[] bytes;
    private int at;

    ByteSource(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isEmpty() {
        return at >= bytes.length;
    }

    /** 0 to 255. */
    int next() {
        return at < bytes.length ? bytes[at++] & 0xff : 0;
    }

    boolean nextBoolean() {
        return (next() & 1) != 0;
    }

    /** 0 to {@code limit} less one; limit at most 65536. */
    int below(int limit) {
        int value = limit <= 256 ? next() : next() | next() << 8;
        return value % limit;
    }

    int nextInt() {
        return next() | next() << 8 | next() << 16 | next() << 24;
    }

    long nextLong() {
        return nextInt() & 0xffff_ffffL | (long) nextInt() << 32;
    }

    byte[] bytes(int count) {
        byte[] some = new byte[count];
        for (int i = 0; i < count; i++) {
            some[i] = (byte) next();
        }
        return some;
    }
}
