package io.paravert.vmm.boot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A guest ready to be placed in memory: its segments, sorted by address and without overlap, and how it is entered. Any
 * thread may have one, one thread at a time may use it; closing it closes the file that its bytes come from.
 */
public final class GuestImage implements AutoCloseable {
    private final GuestFile file;
    private final List<GuestSegment> segments;
    private final long entry;
    private final EntryMode mode;

    /** @throws GuestFileException if there is no segment, segments overlap, or the entry lies outside all of them */
    GuestImage(GuestFile file, List<GuestSegment> segments, long entry, EntryMode mode, long entryOffset) {
        this.file = file;
        List<GuestSegment> sorted = new ArrayList<>(segments);
        sorted.sort(Comparator.comparingLong(GuestSegment::gpa));
        this.segments = List.copyOf(sorted);
        this.entry = entry;
        this.mode = mode;
        refuseOverlaps();
        refuseEntryOutside(entryOffset);
    }

    /**
     * A flat program: its bytes as they are, at one address.
     *
     * @param name for messages
     * @param code not copied; it must not change while the image is in use
     * @param gpa guest-physical address of the first byte
     * @param entry guest-physical address of the first instruction, within the code
     * @throws GuestFileException if the code is empty or the entry lies outside it
     */
    public static GuestImage flat(String name, byte[] code, long gpa, long entry, EntryMode mode) {
        GuestFile file = GuestFile.of(name, code);
        GuestSegment segment = new GuestSegment(gpa, code.length, file, 0, code.length, "the program", 0);
        return new GuestImage(file, List.of(segment), entry, mode, 0);
    }

    /**
     * Recognizes the format of a guest file.
     *
     * @throws GuestFileException if it is not one that can be started; the file is closed then
     */
    public static GuestImage parse(GuestFile file) {
        try {
            return ElfParser.parse(file);
        } catch (GuestFileException e) {
            file.close();
            throw e;
        }
    }

    /**
     * A program that was made in memory.
     *
     * @param name for messages
     * @param pieces in any order
     * @param entry guest-physical address of the first instruction, within a piece
     * @throws GuestFileException if there is no piece, pieces overlap, or the entry lies outside all of them
     */
    public static GuestImage of(String name, List<Piece> pieces, long entry, EntryMode mode) {
        List<GuestSegment> segments = new ArrayList<>();
        for (Piece piece : pieces) {
            int length = piece.content().length;
            GuestFile content = GuestFile.of(name, piece.content());
            segments.add(new GuestSegment(
                    piece.gpa(), piece.memoryBytes(), content, 0, length, "piece " + segments.size(), 0));
        }
        return new GuestImage(GuestFile.of(name, new byte[0]), segments, entry, mode, 0);
    }

    /**
     * A contiguous piece of a program that was made in memory.
     *
     * @param gpa guest-physical address of the first byte
     * @param content not copied; it must not change while the image is in use
     * @param memoryBytes bytes in memory, at least those of {@code content}; the rest is zero
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared by identity, or not at all.
    public record Piece(long gpa, byte[] content, long memoryBytes) {}

    private void refuseOverlaps() {
        for (int i = 1; i < segments.size(); i++) {
            GuestSegment previous = segments.get(i - 1);
            GuestSegment next = segments.get(i);
            if (next.gpa() < previous.end()) {
                throw next.refuse(
                        "loads at " + GuestSegment.range(next.gpa(), next.end()),
                        "no overlap with " + previous.origin() + " at "
                                + GuestSegment.range(previous.gpa(), previous.end()));
            }
        }
    }

    private void refuseEntryOutside(long entryOffset) {
        if (segments.isEmpty()) {
            throw file.refuse(entryOffset, "nothing is to be loaded", "at least one loadable segment");
        }
        for (GuestSegment segment : segments) {
            if (segment.contains(entry)) {
                return;
            }
        }
        throw file.refuse(
                entryOffset,
                "the entry point 0x" + Long.toHexString(entry) + " lies in no loaded segment",
                "one within "
                        + GuestSegment.range(
                                segments.get(0).gpa(),
                                segments.get(segments.size() - 1).end()));
    }

    public String name() {
        return file.name();
    }

    List<GuestSegment> segments() {
        return segments;
    }

    /** Guest-physical address of the first instruction. */
    public long entry() {
        return entry;
    }

    public EntryMode mode() {
        return mode;
    }

    @Override
    public void close() {
        file.close();
    }
}
