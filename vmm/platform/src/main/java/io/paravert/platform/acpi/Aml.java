package io.paravert.platform.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Encodes the little of ACPI's machine language that the tables need (ACPI 6.4, chapter 20). Each method gives whole terms. */
final class Aml {
    private static final int ZERO = 0x00;
    private static final int ONE = 0x01;
    private static final int NAME = 0x08;
    private static final int BYTE = 0x0a;
    private static final int WORD = 0x0b;
    private static final int DWORD = 0x0c;
    private static final int STRING = 0x0d;
    private static final int SCOPE = 0x10;
    private static final int BUFFER = 0x11;
    private static final int PACKAGE = 0x12;
    private static final int EXTENDED = 0x5b;
    private static final int DEVICE = 0x82;

    private Aml() {}

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** PkgLength (20.2.4), counted with its own bytes, before the content. */
    private static byte[] sized(byte[] content) {
        int length = content.length + 1;
        if (length < 1 << 6) {
            return concat(bytes(length), content);
        }
        length = content.length + 2;
        if (length < 1 << 12) {
            return concat(bytes(1 << 6 | length & 0xf, length >> 4), content);
        }
        length = content.length + 3;
        return concat(bytes(2 << 6 | length & 0xf, length >> 4 & 0xff, length >> 12), content);
    }

    /** One segment of a name, padded; a leading backslash is the root. */
    private static byte[] path(String name) {
        boolean rooted = name.startsWith("\\");
        byte[] segment = Arrays.copyOf(name.substring(rooted ? 1 : 0).getBytes(StandardCharsets.US_ASCII), 4);
        for (int i = 0; i < segment.length; i++) {
            segment[i] = segment[i] == 0 ? (byte) '_' : segment[i];
        }
        return rooted ? concat(bytes('\\'), segment) : segment;
    }

    static byte[] scope(String name, byte[]... terms) {
        return concat(bytes(SCOPE), sized(concat(path(name), concat(terms))));
    }

    static byte[] device(String name, byte[]... terms) {
        return concat(bytes(EXTENDED, DEVICE), sized(concat(path(name), concat(terms))));
    }

    static byte[] name(String name, byte[] value) {
        return concat(bytes(NAME), path(name), value);
    }

    /** @param value unsigned 32 bits */
    static byte[] integer(long value) {
        if (value == 0 || value == 1) {
            return bytes(value == 0 ? ZERO : ONE);
        }
        if (value < 1 << 8) {
            return bytes(BYTE, (int) value);
        }
        return value < 1 << 16 ? concat(bytes(WORD), little(value, 2)) : concat(bytes(DWORD), little(value, 4));
    }

    static byte[] string(String value) {
        return concat(bytes(STRING), value.getBytes(StandardCharsets.US_ASCII), bytes(0));
    }

    /** An EISA id such as "PNP0501" (19.3.4): three letters of five bits, four hexadecimal digits, big-endian. */
    static byte[] eisaId(String id) {
        int letters = (id.charAt(0) - '@') << 10 | (id.charAt(1) - '@') << 5 | id.charAt(2) - '@';
        int number = Integer.parseInt(id.substring(3), 16);
        return concat(bytes(DWORD, letters >> 8, letters, number >> 8, number));
    }

    static byte[] packageOf(byte[]... elements) {
        return concat(bytes(PACKAGE), sized(concat(bytes(elements.length), concat(elements))));
    }

    /** A resource template: descriptors, then the end tag, whose checksum may be zero. */
    static byte[] resources(byte[]... descriptors) {
        byte[] content = concat(concat(descriptors), bytes(0x79, 0));
        return concat(bytes(BUFFER), sized(concat(integer(content.length), content)));
    }

    /** Ports, decoded by 16 bits (6.4.2.5). */
    static byte[] ports(int first, int count) {
        return concat(bytes(0x47, 1), little(first, 2), little(first, 2), bytes(1, count));
    }

    /** An edge-triggered ISA interrupt (6.4.2.1). */
    static byte[] isaInterrupt(int irq) {
        return concat(bytes(0x22), little(1L << irq, 2));
    }

    /** A level-triggered, active-high interrupt of its own (6.4.3.6). */
    static byte[] levelInterrupt(int gsi) {
        return concat(bytes(0x89, 6, 0, 1, 1), little(gsi, 4));
    }

    /** Memory at a fixed place, read and write (6.4.3.4). */
    static byte[] memory(long base, long length) {
        return concat(bytes(0x86, 9, 0, 1), little(base, 4), little(length, 4));
    }

    /** Bus numbers that a bridge produces (6.4.3.5.3). */
    static byte[] busNumbers(int first, int last) {
        return concat(bytes(0x88, 13, 0, 2, 0x0c, 0), wordRange(first, last));
    }

    /** Ports that a bridge produces. */
    static byte[] portWindow(int first, int last) {
        return concat(bytes(0x88, 13, 0, 1, 0x0c, 3), wordRange(first, last));
    }

    private static byte[] wordRange(int first, int last) {
        return concat(little(0, 2), little(first, 2), little(last, 2), little(0, 2), little(last - first + 1L, 2));
    }

    /** Non-cacheable memory that a bridge produces (6.4.3.5.2). */
    static byte[] memoryWindow(long first, long last) {
        return concat(
                bytes(0x87, 23, 0, 0, 0x0c, 1),
                little(0, 4),
                little(first, 4),
                little(last, 4),
                little(0, 4),
                little(last - first + 1, 4));
    }

    private static byte[] little(long value, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >>> i * Byte.SIZE);
        }
        return bytes;
    }
}
