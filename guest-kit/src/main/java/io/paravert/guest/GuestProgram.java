package io.paravert.guest;

import java.util.List;
import java.util.OptionalLong;

/**
 * A guest's program as the monitor loads it. Immutable.
 *
 * @param name for messages
 * @param mode of the first instruction
 * @param entry guest-physical address of the first instruction, inside a segment
 * @param pvhEntry guest-physical address of a 32-bit entry for other monitors' PVH loaders, if the program has one
 * @param segments what is placed in memory, in rising order, without overlap
 */
public record GuestProgram(String name, GuestMode mode, long entry, OptionalLong pvhEntry, List<Segment> segments) {

    /** @throws GuestProgramException if the segments overlap or an entry lies in none of them */
    public GuestProgram {
        segments = List.copyOf(segments);
        long end = 0;
        for (Segment segment : segments) {
            if (segment.gpa() < end) {
                throw new GuestProgramException(
                        "a segment at 0x%x begins before the end of the one before it, 0x%x", segment.gpa(), end);
            }
            end = segment.end();
        }
        requireInside("entry", entry, segments);
        if (pvhEntry.isPresent()) {
            requireInside("PVH entry", pvhEntry.getAsLong(), segments);
        }
    }

    private static void requireInside(String what, long address, List<Segment> segments) {
        if (segments.stream().noneMatch(s -> address >= s.gpa() && address - s.gpa() < s.bytes().length)) {
            throw new GuestProgramException("the %s 0x%x lies in no segment's code", what, address);
        }
    }

    /**
     * The program as an ELF64 file: with the Paravert note, and with the PVH note if there is a PVH entry.
     *
     * @throws GuestProgramException if the program does not start in 64-bit mode: no ELF64 note asks for another
     */
    public byte[] toElf() {
        return ElfWriter.write(this);
    }

    /**
     * One contiguous piece.
     *
     * @param gpa guest-physical address of the first byte
     * @param bytes its beginning; the array is not copied and must not be changed any more
     * @param memoryBytes its size in memory, at least that of {@code bytes}; the rest is zero
     */
    @SuppressWarnings("ArrayRecordComponent") // Identity is all that is asked of a segment.
    public record Segment(long gpa, byte[] bytes, long memoryBytes) {
        /** @throws GuestProgramException if the range is empty or exceeds 2^63 */
        public Segment {
            if (gpa < 0 || memoryBytes < Math.max(1, bytes.length) || memoryBytes > Long.MAX_VALUE - gpa) {
                throw new GuestProgramException(
                        "a segment of %d bytes in the file and %d in memory at 0x%x; "
                                + "expected at least 1 byte in memory, as many as in the file, ending below 2^63",
                        bytes.length, memoryBytes, gpa);
            }
        }

        /** Guest-physical address of the byte after the last. */
        public long end() {
            return gpa + memoryBytes;
        }
    }
}
