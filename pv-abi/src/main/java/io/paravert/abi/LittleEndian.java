package io.paravert.abi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian access to a buffer, whatever its own order; unaligned places are permitted. */
final class LittleEndian {
    private static final VarHandle SHORT =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static int getByte(ByteBuffer memory, int at) {
        return memory.get(at) & 0xff;
    }

    static int getShort(ByteBuffer memory, int at) {
        return (short) SHORT.get(memory, at) & 0xffff;
    }

    static int getInt(ByteBuffer memory, int at) {
        return (int) INT.get(memory, at);
    }

    static long getLong(ByteBuffer memory, int at) {
        return (long) LONG.get(memory, at);
    }

    static void putByte(ByteBuffer memory, int at, int value) {
        memory.put(at, (byte) value);
    }

    static void putShort(ByteBuffer memory, int at, int value) {
        SHORT.set(memory, at, (short) value);
    }

    static void putInt(ByteBuffer memory, int at, int value) {
        INT.set(memory, at, value);
    }

    static void putLong(ByteBuffer memory, int at, long value) {
        LONG.set(memory, at, value);
    }
}
