package io.paravert.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ElfWriterTest {
    private static final int PROGRAM_HEADERS = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;

    private static GuestProgram program(GuestMode mode, OptionalLong pvhEntry) {
        return new GuestProgram(
                "test",
                mode,
                0x100004,
                pvhEntry,
                List.of(
                        new GuestProgram.Segment(0x100000, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 8),
                        new GuestProgram.Segment(0x200123, new byte[] {9, 10}, 0x3000)));
    }

    private static ByteBuffer elf(OptionalLong pvhEntry) {
        return ByteBuffer.wrap(program(GuestMode.LONG, pvhEntry).toElf()).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void shouldWriteTheHeaderOfAnExecutableForX86() {
        ByteBuffer file = elf(OptionalLong.empty());

        assertThat(file.getInt(0)).isEqualTo(0x464c457f);
        assertThat(file.getInt(4)).as("class, data, version").isEqualTo(0x00010102);
        assertThat(file.getShort(16)).as("e_type").isEqualTo((short) 2);
        assertThat(file.getShort(18)).as("e_machine").isEqualTo((short) 62);
        assertThat(file.getLong(24)).as("e_entry").isEqualTo(0x100004);
        assertThat(file.getLong(32)).as("e_phoff").isEqualTo(PROGRAM_HEADERS);
        assertThat(file.getShort(54)).as("e_phentsize").isEqualTo((short) PROGRAM_HEADER_BYTES);
        assertThat(file.getShort(56)).as("e_phnum").isEqualTo((short) 3);
    }

    @Test
    void shouldPlaceEachSegmentAtAnOffsetCongruentToItsAddress() {
        ByteBuffer file = elf(OptionalLong.empty());

        int second = PROGRAM_HEADERS + 2 * PROGRAM_HEADER_BYTES;
        assertThat(file.getInt(second)).as("PT_LOAD").isEqualTo(1);
        long offset = file.getLong(second + 8);
        assertThat(offset & 0xfff).isEqualTo(0x123);
        assertThat(file.getLong(second + 16)).as("p_vaddr").isEqualTo(0x200123);
        assertThat(file.getLong(second + 24)).as("p_paddr").isEqualTo(0x200123);
        assertThat(file.getLong(second + 32)).as("p_filesz").isEqualTo(2);
        assertThat(file.getLong(second + 40)).as("p_memsz").isEqualTo(0x3000);
        assertThat(file.get((int) offset)).isEqualTo((byte) 9);
    }

    @Test
    void shouldCarryTheParavertNoteAndThePvhNote() {
        ByteBuffer file = elf(OptionalLong.of(0x100002));

        assertThat(file.getInt(PROGRAM_HEADERS)).as("PT_NOTE").isEqualTo(4);
        int note = (int) file.getLong(PROGRAM_HEADERS + 8);
        assertThat(text(file, note + 12, 8)).isEqualTo("Paravert");
        assertThat(file.getLong(note + 12 + 12 + 8)).as("64-bit entry").isEqualTo(0x100004);
        int pvh = note + 12 + 12 + 16;
        assertThat(file.getInt(pvh + 8)).as("XEN_ELFNOTE_PHYS32_ENTRY").isEqualTo(18);
        assertThat(text(file, pvh + 12, 3)).isEqualTo("Xen");
        assertThat(file.getInt(pvh + 16)).as("PVH entry").isEqualTo(0x100002);
        assertThat(file.getLong(PROGRAM_HEADERS + 32)).as("p_filesz").isEqualTo(pvh + 20 - note);
    }

    @Test
    void shouldRefuseAProgramThatDoesNotStartIn64BitMode() {
        GuestProgram real = program(GuestMode.REAL, OptionalLong.empty());

        assertThatThrownBy(real::toElf)
                .isInstanceOf(GuestProgramException.class)
                .hasMessage("guest test starts in REAL mode; an ELF64 file starts in LONG mode");
    }

    @Test
    void shouldRefuseAnEntryPointOutsideEverySegment() {
        List<GuestProgram.Segment> segments = List.of(new GuestProgram.Segment(0x100000, new byte[8], 16));

        assertThatThrownBy(() -> new GuestProgram("test", GuestMode.LONG, 0x100008, OptionalLong.empty(), segments))
                .isInstanceOf(GuestProgramException.class)
                .hasMessageContaining("the entry 0x100008 lies in no segment's code");
    }

    @Test
    void shouldRefuseSegmentsThatOverlap() {
        List<GuestProgram.Segment> segments = List.of(
                new GuestProgram.Segment(0x100000, new byte[8], 16),
                new GuestProgram.Segment(0x10000f, new byte[1], 1));

        assertThatThrownBy(() -> new GuestProgram("test", GuestMode.LONG, 0x100000, OptionalLong.empty(), segments))
                .isInstanceOf(GuestProgramException.class)
                .hasMessage("a segment at 0x10000f begins before the end of the one before it, 0x100010");
    }

    private static String text(ByteBuffer file, int at, int length) {
        byte[] bytes = new byte[length];
        file.get(at, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
