package io.paravert.vmm.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Reads an ELF-64 executable for x86-64. Segments are placed at their physical addresses. Only ET_EXEC is accepted: the
 * monitor relocates nothing, and a position-independent file (ET_DYN) says neither where it wants to be nor whether it
 * relocates itself. All numbers of the file are hostile: each is read once and checked before use.
 *
 * <p>How the guest is entered follows from its notes: Paravert's own note names a 64-bit entry; else a
 * {@code XEN_ELFNOTE_PHYS32_ENTRY} names the PVH entry; a file with neither is entered in 64-bit mode at {@code e_entry},
 * which is a virtual address and is translated through its segment.
 */
final class ElfParser {
    /** More than any kernel has; bounds the work that a hostile file can cause. */
    private static final int MAX_PROGRAM_HEADERS = 1024;

    private final GuestFile file;
    private final List<GuestSegment> segments = new ArrayList<>();
    private final ElfNotes notes;
    private long entry;
    private OptionalLong entryAsPhysical = OptionalLong.empty();

    private ElfParser(GuestFile file) {
        this.file = file;
        this.notes = new ElfNotes(file);
    }

    static GuestImage parse(GuestFile file) {
        return new ElfParser(file).parse();
    }

    private GuestImage parse() {
        ByteBuffer header = readHeader();
        refuseForeign(header);
        entry = header.getLong(Elf64.ENTRY_AT);
        readProgramHeaders(header);
        return image();
    }

    private GuestImage image() {
        if (notes.paravert().isPresent()) {
            return image(notes.paravert().get(), EntryMode.LONG);
        }
        if (notes.pvh().isPresent()) {
            return image(notes.pvh().get(), EntryMode.PVH);
        }
        return image(new ElfNotes.Entry(entryAsPhysical.orElse(entry), Elf64.ENTRY_AT), EntryMode.LONG);
    }

    private GuestImage image(ElfNotes.Entry entry, EntryMode mode) {
        return new GuestImage(file, segments, entry.address(), mode, entry.offset());
    }

    private ByteBuffer readHeader() {
        if (file.size() < Integer.BYTES) {
            throw file.refuse(0, "the file has " + file.size() + " bytes", "an ELF file");
        }
        byte[] bytes = new byte[Elf64.HEADER_BYTES];
        int present = (int) Math.min(file.size(), bytes.length);
        file.read(0, bytes, 0, present, "ELF header");
        ByteBuffer header = little(bytes);
        if (header.getInt(0) != Elf64.MAGIC) {
            throw file.refuse(
                    0, "the file starts with " + hex(bytes, Integer.BYTES), "the ELF magic number 7f 45 4c 46");
        }
        if (present < bytes.length) {
            throw file.refuse(present, "the file ends within the ELF header", Elf64.HEADER_BYTES + " bytes of header");
        }
        return header;
    }

    private void refuseForeign(ByteBuffer header) {
        expect(Elf64.CLASS_AT, "ELF class", header.get(Elf64.CLASS_AT), Elf64.CLASS_64, "2 (64-bit)");
        expect(Elf64.DATA_AT, "byte order", header.get(Elf64.DATA_AT), Elf64.DATA_LITTLE_ENDIAN, "1 (little-endian)");
        expect(Elf64.IDENT_VERSION_AT, "ELF version", header.get(Elf64.IDENT_VERSION_AT), Elf64.EV_CURRENT, "1");
        int type = unsigned(header.getShort(Elf64.TYPE_AT));
        if (type == Elf64.ET_DYN) {
            throw file.refuse(
                    Elf64.TYPE_AT,
                    "file type 3 (ET_DYN, a position-independent program or shared object)",
                    "2 (ET_EXEC); link the guest with -static -no-pie");
        }
        expect(Elf64.TYPE_AT, "file type", type, Elf64.ET_EXEC, "2 (ET_EXEC); link the guest to an executable");
        expect(
                Elf64.MACHINE_AT,
                "machine",
                unsigned(header.getShort(Elf64.MACHINE_AT)),
                Elf64.EM_X86_64,
                "62 (x86-64)");
        expect(Elf64.VERSION_AT, "object version", header.getInt(Elf64.VERSION_AT), Elf64.EV_CURRENT, "1");
        expect(
                Elf64.PHENTSIZE_AT,
                "program header size",
                unsigned(header.getShort(Elf64.PHENTSIZE_AT)),
                Elf64.PROGRAM_HEADER_BYTES,
                "56 bytes");
    }

    private void expect(long at, String field, int found, int expected, String meaning) {
        if (found != expected) {
            throw file.refuse(at, field + " " + found, meaning);
        }
    }

    private void readProgramHeaders(ByteBuffer header) {
        int count = unsigned(header.getShort(Elf64.PHNUM_AT));
        if (count == 0 || count > MAX_PROGRAM_HEADERS) {
            throw file.refuse(Elf64.PHNUM_AT, count + " program headers", "1 to " + MAX_PROGRAM_HEADERS);
        }
        long table = header.getLong(Elf64.PHOFF_AT);
        int bytes = count * Elf64.PROGRAM_HEADER_BYTES;
        if (!file.contains(table, bytes)) {
            throw file.refuse(
                    Elf64.PHOFF_AT,
                    String.format(Locale.ROOT, "%d program headers at offset 0x%x", count, table),
                    String.format(Locale.ROOT, "them to end within the file's 0x%x bytes", file.size()));
        }
        byte[] content = new byte[bytes];
        file.read(table, content, 0, bytes, "program header table");
        for (int i = 0; i < count; i++) {
            int at = i * Elf64.PROGRAM_HEADER_BYTES;
            readProgramHeader(i, table + at, little(content).slice(at, Elf64.PROGRAM_HEADER_BYTES));
        }
    }

    private void readProgramHeader(int index, long at, ByteBuffer slice) {
        ByteBuffer header = slice.order(ByteOrder.LITTLE_ENDIAN);
        long offset = header.getLong(Elf64.P_OFFSET_AT);
        long fileBytes = header.getLong(Elf64.P_FILESZ_AT);
        String origin = "program header " + index;
        switch (header.getInt(Elf64.P_TYPE_AT)) {
            case Elf64.PT_LOAD -> addSegment(header, offset, fileBytes, origin, at);
            case Elf64.PT_NOTE -> notes.read(offset, fileBytes, header.getLong(Elf64.P_ALIGN_AT), origin, at);
            case Elf64.PT_INTERP ->
                throw file.refuse(
                        at, origin + " asks for a dynamic linker", "a static program; link the guest with -static");
            default -> {
                // Stack flags, TLS, GNU properties: nothing to a machine without an operating system.
            }
        }
    }

    private void addSegment(ByteBuffer header, long offset, long fileBytes, String origin, long at) {
        long memoryBytes = header.getLong(Elf64.P_MEMSZ_AT);
        if (memoryBytes == 0 && fileBytes == 0) {
            return;
        }
        long physical = header.getLong(Elf64.P_PADDR_AT);
        GuestSegment segment = new GuestSegment(physical, memoryBytes, file, offset, fileBytes, origin, at);
        segments.add(segment);
        long within = entry - header.getLong(Elf64.P_VADDR_AT);
        if (entryAsPhysical.isEmpty() && Long.compareUnsigned(within, memoryBytes) < 0) {
            entryAsPhysical = OptionalLong.of(physical + within);
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int unsigned(short value) {
        return Short.toUnsignedInt(value);
    }

    private static String hex(byte[] bytes, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "%02x", bytes[i]));
        }
        return text.toString();
    }
}
