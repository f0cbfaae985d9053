package io.paravert.platform.boot;

import io.paravert.vmm.boot.GuestFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A 32-bit ELF executable for the i386 (System V ABI, chapters 4 and 5), checked against its file.
 *
 * @param entry address of the first instruction
 */
record Elf32Kernel(List<LoadPiece> pieces, long entry) {
    private static final int HEADER_BYTES = 52;
    private static final int PROGRAM_HEADER_BYTES = 32;
    private static final int MAX_PROGRAM_HEADERS = 64;
    private static final int MAGIC = 0x464c_457f;
    /** Class 32-bit, little-endian, version 1. */
    private static final int IDENT = 0x00_01_01_01;

    private static final int ET_EXEC = 2;
    private static final int EM_386 = 3;
    private static final int PT_LOAD = 1;

    static Elf32Kernel read(GuestFile file) {
        ByteBuffer header = bytes(file, 0, HEADER_BYTES, "ELF header");
        if (header.getInt(0) != MAGIC
                || (header.getInt(4) & 0xff_ffff) != IDENT
                || header.getShort(16) != ET_EXEC
                || header.getShort(18) != EM_386) {
            throw file.refuse(
                    0,
                    "a multiboot kernel without address fields that is no 32-bit ELF executable",
                    "an ELF32 executable for the i386, or address fields in its multiboot header");
        }
        int count = header.getShort(44) & 0xffff;
        if (count == 0 || count > MAX_PROGRAM_HEADERS || header.getShort(42) != PROGRAM_HEADER_BYTES) {
            throw file.refuse(44, count + " program headers", "1 to " + MAX_PROGRAM_HEADERS + " of 32 bytes");
        }
        long table = Integer.toUnsignedLong(header.getInt(28));
        ByteBuffer headers = bytes(file, table, count * PROGRAM_HEADER_BYTES, "program headers");
        long entry = Integer.toUnsignedLong(header.getInt(24));
        long physicalEntry = entry;
        List<LoadPiece> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = i * PROGRAM_HEADER_BYTES;
            long bytes = Integer.toUnsignedLong(headers.getInt(at + 20));
            if (headers.getInt(at) != PT_LOAD || bytes == 0) {
                continue;
            }
            LoadPiece piece = piece(file, headers, at, bytes, table + at);
            long within = entry - Integer.toUnsignedLong(headers.getInt(at + 8));
            if (within >= 0 && within < bytes) {
                physicalEntry = piece.gpa() + within;
            }
            pieces.add(piece);
        }
        return new Elf32Kernel(pieces, physicalEntry);
    }

    private static LoadPiece piece(GuestFile file, ByteBuffer headers, int at, long bytes, long offset) {
        long fileOffset = Integer.toUnsignedLong(headers.getInt(at + 4));
        long fileBytes = Integer.toUnsignedLong(headers.getInt(at + 16));
        if (fileBytes > bytes || !file.contains(fileOffset, fileBytes)) {
            throw file.refuse(
                    offset,
                    String.format(Locale.ROOT, "a segment with 0x%x bytes at offset 0x%x", fileBytes, fileOffset),
                    String.format(Locale.ROOT, "it within the file and its 0x%x bytes in memory", bytes));
        }
        return new LoadPiece(Integer.toUnsignedLong(headers.getInt(at + 12)), bytes, fileOffset, fileBytes);
    }

    private static ByteBuffer bytes(GuestFile file, long offset, int length, String what) {
        byte[] bytes = new byte[length];
        file.read(offset, bytes, 0, length, what);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
