package io.paravert.guest;

import io.paravert.abi.ElfNote;
import io.paravert.abi.ElfNoteDescriptorLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads an ELF64 file that {@link CBuild} made (System V ABI, chapters 4 and 5) into a {@link GuestProgram}. The monitor has
 * its own loader, for files from anywhere.
 */
final class ElfReader {
    private static final int PHOFF = 32;
    private static final int PHENTSIZE = 54;
    private static final int PHNUM = 56;
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int P_OFFSET = 8;
    private static final int P_PADDR = 24;
    private static final int P_FILESZ = 32;
    private static final int P_MEMSZ = 40;
    private static final int NOTE_HEADER = 12;
    private static final int NOTE_ALIGN = 4;

    private final String name;
    private final ByteBuffer elf;
    private final List<GuestProgram.Segment> segments = new ArrayList<>();
    private OptionalLong entry = OptionalLong.empty();
    private OptionalLong pvhEntry = OptionalLong.empty();

    private ElfReader(String name, byte[] elf) {
        this.name = name;
        this.elf = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws GuestProgramException if the file has no 64-bit entry, or ends within what it describes */
    static GuestProgram read(String name, byte[] file) {
        try {
            return new ElfReader(name, file).read();
        } catch (IndexOutOfBoundsException e) {
            throw new GuestProgramException("%s: the ELF file of %d bytes ends too early", name, file.length);
        }
    }

    private GuestProgram read() {
        int headers = Math.toIntExact(elf.getLong(PHOFF));
        for (int i = 0; i < elf.getShort(PHNUM); i++) {
            int at = headers + i * elf.getShort(PHENTSIZE);
            int offset = Math.toIntExact(elf.getLong(at + P_OFFSET));
            int bytes = Math.toIntExact(elf.getLong(at + P_FILESZ));
            long inMemory = elf.getLong(at + P_MEMSZ);
            if (elf.getInt(at) == PT_LOAD && inMemory != 0) {
                byte[] content = new byte[bytes];
                elf.get(offset, content);
                segments.add(new GuestProgram.Segment(elf.getLong(at + P_PADDR), content, inMemory));
            } else if (elf.getInt(at) == PT_NOTE) {
                notes(offset, offset + bytes);
            }
        }
        if (entry.isEmpty()) {
            throw new GuestProgramException(
                    "%s: no note of owner %s names a 64-bit entry", name, ElfNote.PARAVERT_OWNER);
        }
        return new GuestProgram(name, GuestMode.LONG, entry.getAsLong(), pvhEntry, segments);
    }

    private void notes(int from, int end) {
        int at = from;
        while (at < end) {
            int ownerBytes = elf.getInt(at);
            int descriptorBytes = elf.getInt(at + 4);
            int type = elf.getInt(at + 8);
            byte[] owner = new byte[Math.max(0, ownerBytes - 1)];
            elf.get(at + NOTE_HEADER, owner);
            int descriptor = at + NOTE_HEADER + aligned(ownerBytes);
            note(new String(owner, StandardCharsets.US_ASCII), type, descriptor);
            at = descriptor + aligned(descriptorBytes);
        }
    }

    private void note(String owner, int type, int descriptor) {
        if (owner.equals(ElfNote.PARAVERT_OWNER) && type == ElfNote.PARAVERT_ENTRY64) {
            entry = OptionalLong.of(ElfNoteDescriptorLayout.entry(elf, descriptor));
        } else if (owner.equals(ElfNote.XEN_OWNER) && type == ElfNote.XEN_PHYS32_ENTRY) {
            pvhEntry = OptionalLong.of(Integer.toUnsignedLong(elf.getInt(descriptor)));
        }
    }

    private static int aligned(int bytes) {
        return (bytes + NOTE_ALIGN - 1) & -NOTE_ALIGN;
    }
}
