package io.paravert.isa;

import java.io.ByteArrayOutputStream;

/** Numbers as bytes, most significant first. */
final class Packed {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Packed u8(int value) {
        if (value < 0 || value > 0xff) {
            throw new TableException("table", value + " does not fit a byte");
        }
        bytes.write(value);
        return this;
    }

    Packed u16(int value) {
        return u8(value >>> 8).u8(value & 0xff);
    }

    Packed i32(int value) {
        return u16(value >>> 16).u16(value & 0xffff);
    }

    Packed i64(long value) {
        return i32((int) (value >>> 32)).i32((int) value);
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
