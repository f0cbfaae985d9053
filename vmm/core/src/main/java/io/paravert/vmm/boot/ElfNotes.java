package io.paravert.vmm.boot;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.ElfNote;
import io.paravert.abi.ElfNoteDescriptorLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The notes of an ELF file that say how it is started (gABI chapter 5, "Note Section"). A note is a header of three u32
 * (size of name, size of descriptor, type), the name with its final zero, and the descriptor, both padded to 4 bytes, or
 * to 8 in a segment aligned to 8.
 */
final class ElfNotes {
    /** Bounds the work that a hostile file can cause; Linux's vmlinux has less than 1 KiB. */
    private static final int MAX_BYTES = 64 * 1024;

    private final GuestFile file;
    private Optional<Entry> paravert = Optional.empty();
    private Optional<Entry> pvh = Optional.empty();

    /**
     * An entry point that a note names.
     *
     * @param address guest-physical
     * @param offset where in the file it stands
     */
    record Entry(long address, long offset) {}

    ElfNotes(GuestFile file) {
        this.file = file;
    }

    /** The 64-bit entry of Paravert's note. */
    Optional<Entry> paravert() {
        return paravert;
    }

    /** The 32-bit entry of the PVH note, below 4 GiB. */
    Optional<Entry> pvh() {
        return pvh;
    }

    /** Reads one note segment. */
    void read(long offset, long size, long alignment, String origin, long originOffset) {
        if (size < 0 || size > MAX_BYTES || !file.contains(offset, size)) {
            throw file.refuse(
                    originOffset,
                    String.format(Locale.ROOT, "%s has 0x%x bytes of notes at offset 0x%x", origin, size, offset),
                    String.format(Locale.ROOT, "at most 0x%x, within the file's 0x%x bytes", MAX_BYTES, file.size()));
        }
        byte[] bytes = new byte[(int) size];
        file.read(offset, bytes, 0, bytes.length, "notes");
        readAll(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), offset, alignment == 8 ? 8 : 4);
    }

    private void readAll(ByteBuffer notes, long offset, int alignment) {
        int size = notes.capacity();
        // Sizes are below 2^32 and positions below 2^16: no sum of them overflows a long.
        long at = 0;
        while (at + Elf64.NOTE_HEADER_BYTES <= size) {
            int header = (int) at;
            long nameBytes = Integer.toUnsignedLong(notes.getInt(header));
            long descriptorBytes = Integer.toUnsignedLong(notes.getInt(header + 4));
            long name = at + Elf64.NOTE_HEADER_BYTES;
            long descriptor = align(name + nameBytes, alignment);
            if (descriptor + descriptorBytes > size) {
                throw file.refuse(
                        offset + at,
                        "a note with a name of " + nameBytes + " and a descriptor of " + descriptorBytes + " bytes",
                        "it to end within its segment of " + size + " bytes");
            }
            ByteBuffer owner = notes.slice((int) name, (int) nameBytes);
            ByteBuffer value =
                    notes.slice((int) descriptor, (int) descriptorBytes).order(ByteOrder.LITTLE_ENDIAN);
            take(owner, notes.getInt(header + 8), value, offset + descriptor);
            at = align(descriptor + descriptorBytes, alignment);
        }
    }

    private void take(ByteBuffer owner, int type, ByteBuffer value, long offset) {
        if (type == ElfNote.PARAVERT_ENTRY64 && named(owner, ElfNote.PARAVERT_OWNER)) {
            paravert = Optional.of(paravertEntry(value, offset));
        } else if (type == ElfNote.XEN_PHYS32_ENTRY && named(owner, ElfNote.XEN_OWNER)) {
            pvh = Optional.of(pvhEntry(value, offset));
        }
    }

    private Entry paravertEntry(ByteBuffer value, long offset) {
        if (value.capacity() < ElfNoteDescriptorLayout.SIZE) {
            throw file.refuse(
                    offset,
                    "the Paravert note has " + value.capacity() + " bytes",
                    "at least " + ElfNoteDescriptorLayout.SIZE);
        }
        int version = ElfNoteDescriptorLayout.version(value, 0);
        if (version >>> 16 != AbiVersion.MAJOR || (version & 0xffff) > AbiVersion.MINOR) {
            throw file.refuse(
                    offset + ElfNoteDescriptorLayout.VERSION_OFFSET,
                    "the guest was built for ABI " + (version >>> 16) + "." + (version & 0xffff),
                    AbiVersion.MAJOR + ".0 to " + AbiVersion.MAJOR + "." + AbiVersion.MINOR);
        }
        return new Entry(ElfNoteDescriptorLayout.entry(value, 0), offset + ElfNoteDescriptorLayout.ENTRY_OFFSET);
    }

    private Entry pvhEntry(ByteBuffer value, long offset) {
        long address = switch (value.capacity()) {
            case Integer.BYTES -> Integer.toUnsignedLong(value.getInt(0));
            case Long.BYTES -> value.getLong(0);
            default ->
                throw file.refuse(offset, "the PVH entry note has " + value.capacity() + " bytes", "4 or 8 bytes");
        };
        if (address >>> Integer.SIZE != 0) {
            throw file.refuse(offset, "the PVH entry point 0x" + Long.toHexString(address), "an address below 4 GiB");
        }
        return new Entry(address, offset);
    }

    private static boolean named(ByteBuffer owner, String name) {
        return owner.equals(ByteBuffer.wrap((name + '\0').getBytes(StandardCharsets.US_ASCII)));
    }

    private static long align(long value, int alignment) {
        return (value + alignment - 1) & -alignment;
    }
}
