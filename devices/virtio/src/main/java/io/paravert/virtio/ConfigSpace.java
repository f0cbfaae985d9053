package io.paravert.virtio;

/**
 * A device's configuration space, virtio 1.2, 2.5: little-endian. The device changes it on its context and then says so with
 * {@link VirtioLink#configChanged}; the driver reads it.
 */
public final class ConfigSpace {
    private final byte[] bytes;

    /** @param size bytes, 0 to 3840: what is left of a 4096-byte window behind the registers */
    public ConfigSpace(int size) {
        if (size < 0 || size > 3840) {
            throw new IllegalArgumentException("configuration space of " + size + " bytes");
        }
        bytes = new byte[size];
    }

    public int size() {
        return bytes.length;
    }

    public ConfigSpace put(int offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            bytes[offset + i] = (byte) (value >>> (8 * i));
        }
        return this;
    }

    public ConfigSpace putByte(int offset, int value) {
        return put(offset, Byte.BYTES, value);
    }

    public ConfigSpace putShort(int offset, int value) {
        return put(offset, Short.BYTES, value);
    }

    public ConfigSpace putInt(int offset, int value) {
        return put(offset, Integer.BYTES, value);
    }

    public ConfigSpace putLong(int offset, long value) {
        return put(offset, Long.BYTES, value);
    }

    /** @return the field, zero-extended; what lies behind the end reads as zero */
    public long get(int offset, int size) {
        long value = 0;
        for (int i = 0; i < size && offset + i < bytes.length; i++) {
            value |= (bytes[offset + i] & 0xffL) << (8 * i);
        }
        return value;
    }
}
