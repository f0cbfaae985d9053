package io.paravert.vmm.exit;

import io.paravert.memory.RawMemory;

/** The data of an access, 1 to 8 bytes, little-endian, at a host address. */
final class DataBytes {
    private DataBytes() {}

    static long load(long address, int size) {
        return switch (size) {
            case 1 -> RawMemory.getByte(address) & 0xffL;
            case 2 -> RawMemory.getShort(address) & 0xffffL;
            case 4 -> RawMemory.getInt(address) & 0xffff_ffffL;
            case 8 -> RawMemory.getLong(address);
            default -> {
                long value = 0;
                for (int i = 0; i < size; i++) {
                    value |= (RawMemory.getByte(address + i) & 0xffL) << (Byte.SIZE * i);
                }
                yield value;
            }
        };
    }

    static void store(long address, int size, long value) {
        switch (size) {
            case 1 -> RawMemory.putByte(address, (byte) value);
            case 2 -> RawMemory.putShort(address, (short) value);
            case 4 -> RawMemory.putInt(address, (int) value);
            case 8 -> RawMemory.putLong(address, value);
            default -> {
                for (int i = 0; i < size; i++) {
                    RawMemory.putByte(address + i, (byte) (value >>> (Byte.SIZE * i)));
                }
            }
        }
    }

    /** The low {@code size} bytes, zero-extended. */
    static long truncate(long value, int size) {
        return value & (-1L >>> (Long.SIZE - size * Byte.SIZE));
    }
}
