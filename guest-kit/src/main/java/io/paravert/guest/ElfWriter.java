package io.paravert.guest;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.ElfNote;
import io.paravert.abi.ElfNoteDescriptorLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a program as an ELF64 executable (System V gABI, chapters 4 and 5): one PT_LOAD a segment and one PT_NOTE.
 *
 * <pre>
 *   0     ELF header, 64 bytes
 *   64    program headers, 56 bytes each: the notes, then the segments
 *         notes
 *   page  first segment; each begins at a file offset that equals its address modulo 4096
 * </pre>
 */
final class ElfWriter {
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int PAGE = 4096;

    private static final byte[] IDENT = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final short ET_EXEC = 2;
    private static final short EM_X86_64 = 62;
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int PF_R = 4;
    private static final int PF_RWX = 7;
    private static final int NOTE_ALIGNMENT = 4;

    private ElfWriter() {}

    static byte[] write(GuestProgram program) {
        if (program.mode() != GuestMode.LONG) {
            throw new GuestProgramException(
                    "guest %s starts in %s mode; an ELF64 file starts in LONG mode", program.name(), program.mode());
        }
        List<GuestProgram.Segment> segments = program.segments();
        byte[] notes = notes(program);
        int notesAt = HEADER_BYTES + PROGRAM_HEADER_BYTES * (1 + segments.size());
        int[] offsets = new int[segments.size()];
        int end = notesAt + notes.length;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offsetFor(segments.get(i), end);
            end = offsets[i] + segments.get(i).bytes().length;
        }
        ByteBuffer file = ByteBuffer.allocate(end).order(ByteOrder.LITTLE_ENDIAN);
        putHeader(file, program.entry(), 1 + segments.size());
        putProgramHeader(file, PT_NOTE, PF_R, notesAt, 0, notes.length, notes.length, NOTE_ALIGNMENT);
        for (int i = 0; i < offsets.length; i++) {
            GuestProgram.Segment s = segments.get(i);
            putProgramHeader(file, PT_LOAD, PF_RWX, offsets[i], s.gpa(), s.bytes().length, s.memoryBytes(), PAGE);
        }
        file.put(notes);
        for (int i = 0; i < offsets.length; i++) {
            file.position(offsets[i]).put(segments.get(i).bytes());
        }
        return file.array();
    }

    /** The first offset at or after {@code from} that equals the segment's address modulo the page size. */
    private static int offsetFor(GuestProgram.Segment segment, int from) {
        return from + (int) (segment.gpa() - from & PAGE - 1);
    }

    private static void putHeader(ByteBuffer file, long entry, int programHeaders) {
        file.put(IDENT).putShort(ET_EXEC).putShort(EM_X86_64).putInt(1);
        file.putLong(entry).putLong(HEADER_BYTES).putLong(0).putInt(0);
        file.putShort((short) HEADER_BYTES).putShort((short) PROGRAM_HEADER_BYTES);
        file.putShort((short) programHeaders)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0);
    }

    private static void putProgramHeader(
            ByteBuffer file,
            int type,
            int flags,
            long offset,
            long address,
            long fileBytes,
            long memoryBytes,
            long alignment) {
        file.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(address);
        file.putLong(fileBytes).putLong(memoryBytes).putLong(alignment);
    }

    private static byte[] notes(GuestProgram program) {
        ByteBuffer notes = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        byte[] descriptor = new byte[ElfNoteDescriptorLayout.SIZE];
        ByteBuffer view = ByteBuffer.wrap(descriptor);
        ElfNoteDescriptorLayout.version(view, 0, AbiVersion.VALUE);
        ElfNoteDescriptorLayout.entry(view, 0, program.entry());
        putNote(notes, ElfNote.PARAVERT_OWNER, ElfNote.PARAVERT_ENTRY64, descriptor);
        program.pvhEntry().ifPresent(entry -> {
            if (entry >>> Integer.SIZE != 0) {
                throw new GuestProgramException("PVH entry 0x%x; expected one below 4 GiB", entry);
            }
            byte[] address = ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt((int) entry)
                    .array();
            putNote(notes, ElfNote.XEN_OWNER, ElfNote.XEN_PHYS32_ENTRY, address);
        });
        byte[] bytes = new byte[notes.position()];
        notes.flip().get(bytes);
        return bytes;
    }

    private static void putNote(ByteBuffer notes, String owner, int type, byte[] descriptor) {
        byte[] name = (owner + '\0').getBytes(StandardCharsets.US_ASCII);
        notes.putInt(name.length).putInt(descriptor.length).putInt(type);
        notes.put(name).position(aligned(notes.position()));
        notes.put(descriptor).position(aligned(notes.position()));
    }

    private static int aligned(int position) {
        return position + NOTE_ALIGNMENT - 1 & -NOTE_ALIGNMENT;
    }
}
