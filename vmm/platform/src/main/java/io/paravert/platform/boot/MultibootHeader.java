package io.paravert.platform.boot;

import io.paravert.vmm.boot.GuestFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;

/**
 * The header of a multiboot 1 kernel (Multiboot Specification 0.6.96, 3.1): within the first 8192 bytes, aligned to 4.
 *
 * @param at where it lies in the file
 * @param pageAligned whether modules must lie on page boundaries; they always do here
 * @param addresses where the kernel is loaded, if the header says so; otherwise its ELF headers do
 */
record MultibootHeader(int at, boolean pageAligned, Optional<Addresses> addresses) {
    private static final int SEARCH_BYTES = 8192;
    private static final int MAGIC = 0x1bad_b002;
    private static final int HEADER_BYTES = 12;
    private static final int ADDRESS_BYTES = 32;
    private static final int PAGE_ALIGN = 1;
    private static final int MEMORY_INFO = 1 << 1;
    private static final int ADDRESS_FIELDS = 1 << 16;
    /** Bits 0-15 are requirements: of these only the known ones can be met. */
    private static final int REQUIREMENTS = 0xffff;

    /**
     * The address fields, all below 4 GiB.
     *
     * @param header where the header is to lie
     * @param load first address of the text
     * @param loadEnd first address behind the data; 0 for all of the file
     * @param bssEnd first address behind the zeroes; 0 for none
     */
    record Addresses(long header, long load, long loadEnd, long bssEnd, long entry) {}

    /** @throws io.paravert.vmm.boot.GuestFileException if there is one that asks for what is not had here */
    static Optional<MultibootHeader> find(GuestFile file) {
        int bytes = (int) Math.min(file.size(), SEARCH_BYTES);
        byte[] start = new byte[bytes];
        file.read(0, start, 0, bytes, "multiboot header");
        ByteBuffer fields = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at <= bytes - HEADER_BYTES; at += Integer.BYTES) {
            int flags = fields.getInt(at + 4);
            if (fields.getInt(at) == MAGIC && MAGIC + flags + fields.getInt(at + 8) == 0) {
                return Optional.of(read(file, fields, at, flags));
            }
        }
        return Optional.empty();
    }

    private static MultibootHeader read(GuestFile file, ByteBuffer fields, int at, int flags) {
        int unknown = flags & REQUIREMENTS & ~(PAGE_ALIGN | MEMORY_INFO);
        if (unknown != 0) {
            throw file.refuse(
                    at + 4L,
                    String.format(Locale.ROOT, "a multiboot header that requires 0x%x", unknown),
                    "page alignment and memory information at most");
        }
        boolean aligned = (flags & PAGE_ALIGN) != 0;
        if ((flags & ADDRESS_FIELDS) == 0) {
            return new MultibootHeader(at, aligned, Optional.empty());
        }
        if (at > fields.capacity() - ADDRESS_BYTES) {
            throw file.refuse(at, "the file ends within its multiboot header", ADDRESS_BYTES + " bytes of it");
        }
        Addresses addresses = new Addresses(
                unsigned(fields, at + 12),
                unsigned(fields, at + 16),
                unsigned(fields, at + 20),
                unsigned(fields, at + 24),
                unsigned(fields, at + 28));
        return new MultibootHeader(at, aligned, Optional.of(addresses));
    }

    private static long unsigned(ByteBuffer fields, int at) {
        return Integer.toUnsignedLong(fields.getInt(at));
    }
}
