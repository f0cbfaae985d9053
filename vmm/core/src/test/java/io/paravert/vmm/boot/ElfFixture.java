package io.paravert.vmm.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds ELF files field by field, right or wrong. */
final class ElfFixture {
    static final int TEXT_GPA = 0x100000;
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;

    private final List<long[]> headers = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();
    long entry = TEXT_GPA;
    int type = 2;
    int machine = 62;

    /** One page of code at 1 MiB, entered at its start. */
    static ElfFixture hello() {
        byte[] code = new byte[64];
        Arrays.fill(code, (byte) 0xf4);
        return new ElfFixture().load(TEXT_GPA, TEXT_GPA, code, 4096);
    }

    ElfFixture load(long virtual, long physical, byte[] content, long memoryBytes) {
        return header(1, virtual, physical, content, memoryBytes, 4096);
    }

    ElfFixture note(String owner, int noteType, byte[] descriptor) {
        return header(4, 0, 0, noteBytes(owner, noteType, descriptor), 0, 4);
    }

    ElfFixture pvhNote(long address) {
        return note("Xen", 18, number(Long.BYTES, address));
    }

    ElfFixture paravertNote(int version, long address) {
        ByteBuffer descriptor = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        descriptor.putInt(version).putInt(0).putLong(address);
        return note("Paravert", 1, descriptor.array());
    }

    ElfFixture header(int segmentType, long virtual, long physical, byte[] content, long memoryBytes, long alignment) {
        headers.add(new long[] {segmentType, virtual, physical, memoryBytes, alignment});
        contents.add(content);
        return this;
    }

    static byte[] number(int bytes, long value) {
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(value);
        return Arrays.copyOf(buffer.array(), bytes);
    }

    private static byte[] noteBytes(String owner, int type, byte[] descriptor) {
        byte[] name = (owner + '\0').getBytes(StandardCharsets.US_ASCII);
        int padded = (name.length + 3) & -4;
        ByteBuffer note = ByteBuffer.allocate(12 + padded + ((descriptor.length + 3) & -4))
                .order(ByteOrder.LITTLE_ENDIAN);
        note.putInt(name.length).putInt(descriptor.length).putInt(type).put(name);
        note.position(12 + padded).put(descriptor);
        return note.array();
    }

    byte[] bytes() {
        int size = HEADER + headers.size() * PROGRAM_HEADER;
        for (byte[] content : contents) {
            size += content.length;
        }
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        file.putShort((short) type).putShort((short) machine).putInt(1);
        file.putLong(entry).putLong(HEADER).putLong(0).putInt(0);
        file.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) headers.size());
        file.position(HEADER);
        long offset = HEADER + (long) headers.size() * PROGRAM_HEADER;
        for (int i = 0; i < headers.size(); i++) {
            long[] h = headers.get(i);
            int length = contents.get(i).length;
            file.putInt((int) h[0]).putInt(7).putLong(offset).putLong(h[1]).putLong(h[2]);
            file.putLong(length).putLong(h[3]).putLong(h[4]);
            offset += length;
        }
        contents.forEach(file::put);
        return file.array();
    }

    GuestImage parse() {
        return GuestImage.parse(GuestFile.of("test.elf", bytes()));
    }

    /** The file with one field overwritten. */
    GuestFile with(int offset, int width, long value) {
        byte[] bytes = bytes();
        System.arraycopy(number(width, value), 0, bytes, offset, width);
        return GuestFile.of("test.elf", bytes);
    }
}
