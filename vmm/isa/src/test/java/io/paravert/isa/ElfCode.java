package io.paravert.isa;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The executable segment of an ELF64 file: real code for comparisons and measurements. */
final class ElfCode {
    private static final int PT_LOAD = 1;
    private static final int PF_X = 1;

    private ElfCode() {}

    static byte[] read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 64 || elf.getInt(0) != 0x464c457f) {
            return bytes;
        }
        int headers = (int) elf.getLong(32);
        int size = elf.getShort(54);
        int count = elf.getShort(56);
        for (int i = 0; i < count; i++) {
            int at = headers + i * size;
            if (elf.getInt(at) == PT_LOAD && (elf.getInt(at + 4) & PF_X) != 0) {
                int offset = (int) elf.getLong(at + 8);
                return Arrays.copyOfRange(bytes, offset, offset + (int) elf.getLong(at + 32));
            }
        }
        return bytes;
    }
}
