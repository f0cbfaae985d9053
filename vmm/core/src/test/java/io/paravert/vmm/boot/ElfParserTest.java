package io.paravert.vmm.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.abi.AbiVersion;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElfParserTest {
    private static final int FIRST_PROGRAM_HEADER = 64;

    @Test
    void shouldEnterAFileWithoutNotesIn64BitModeAtItsEntryPoint() {
        GuestImage image = ElfFixture.hello().parse();
        assertThat(image.mode()).isEqualTo(EntryMode.LONG);
        assertThat(image.entry()).isEqualTo(0x100000);
        assertThat(image.segments()).hasSize(1);
        assertThat(image.segments().get(0).memoryBytes()).isEqualTo(4096);
    }

    @Test
    void shouldEnterAFileWithAPvhNoteAtItsPhysicalEntry() {
        GuestImage image = ElfFixture.hello().pvhNote(0x100010).parse();
        assertThat(image.mode()).isEqualTo(EntryMode.PVH);
        assertThat(image.entry()).isEqualTo(0x100010);
    }

    @Test
    void shouldTakeAPvhNoteOfFourBytes() {
        GuestImage image = ElfFixture.hello()
                .note("Xen", 18, ElfFixture.number(4, 0x100020))
                .parse();
        assertThat(image.entry()).isEqualTo(0x100020);
    }

    @Test
    void shouldPreferTheParavertNoteToThePvhNote() {
        GuestImage image = ElfFixture.hello()
                .pvhNote(0x100010)
                .paravertNote(AbiVersion.VALUE, 0x100030)
                .parse();
        assertThat(image.mode()).isEqualTo(EntryMode.LONG);
        assertThat(image.entry()).isEqualTo(0x100030);
    }

    @Test
    void shouldTranslateAVirtualEntryPointThroughItsSegment() {
        ElfFixture elf = new ElfFixture().load(0xffffffff80100000L, 0x200000, new byte[32], 4096);
        elf.entry = 0xffffffff80100008L;
        assertThat(elf.parse().entry()).isEqualTo(0x200008);
    }

    @Test
    void shouldIgnoreForeignNotesAndSegments() {
        GuestImage image = ElfFixture.hello()
                .note("GNU", 3, new byte[20])
                .note("Xen", 6, new byte[4])
                .header(0x6474e551, 0, 0, new byte[0], 0, 16)
                .parse();
        assertThat(image.mode()).isEqualTo(EntryMode.LONG);
    }

    @Test
    void shouldRefuseAnEntryPointOutsideEverySegment() {
        ElfFixture elf = ElfFixture.hello();
        elf.entry = 0x200000;
        assertThatThrownBy(elf::parse)
                .isInstanceOf(GuestFileException.class)
                .hasMessage("guest file test.elf, offset 0x18: the entry point 0x200000 lies in no loaded segment; "
                        + "expected one within [0x100000, 0x101000)");
    }

    @Test
    void shouldRefuseAPvhEntryOutsideEverySegment() {
        assertThatThrownBy(() -> ElfFixture.hello().pvhNote(0x500000).parse())
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("the entry point 0x500000 lies in no loaded segment");
    }

    @Test
    void shouldRefuseAPvhEntryAbove4GiB() {
        assertThatThrownBy(() -> ElfFixture.hello().pvhNote(0x1_0000_0000L).parse())
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("expected an address below 4 GiB");
    }

    @Test
    void shouldRefuseAGuestBuiltForALaterAbi() {
        assertThatThrownBy(() -> ElfFixture.hello()
                        .paravertNote(AbiVersion.MAJOR << 16 | AbiVersion.MINOR + 1, 0x100000)
                        .parse())
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("ABI");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "class, 4, 1, 1, ELF class 1; expected 2 (64-bit)",
        "byte order, 5, 1, 2, byte order 2; expected 1 (little-endian)",
        "version, 6, 1, 9, ELF version 9; expected 1",
        "relocatable, 16, 2, 1, file type 1; expected 2 (ET_EXEC)",
        "position-independent, 16, 2, 3, link the guest with -static -no-pie",
        "machine, 18, 2, 183, machine 183; expected 62 (x86-64)",
        "object version, 20, 4, 7, object version 7; expected 1",
        "header size, 54, 2, 32, program header size 32; expected 56 bytes",
        "no headers, 56, 2, 0, '0 program headers; expected 1 to 1024'",
        "too many headers, 56, 2, 65535, '65535 program headers; expected 1 to 1024'",
        "table past the end, 32, 8, 4096, 1 program headers at offset 0x1000; expected them to end within",
        "table offset overflows, 32, 8, -8, 1 program headers at offset 0xfffffffffffffff8",
    })
    void shouldRefuseAWrongHeader(String name, int offset, int width, long value, String message) {
        GuestFile file = ElfFixture.hello().with(offset, width, value);
        assertThatThrownBy(() -> GuestImage.parse(file))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "file range past the end, 8, 100000, takes 0x40 bytes from offset 0x186a0",
        "file offset overflows, 8, -16, takes 0x40 bytes from offset 0xfffffffffffffff0",
        "file size overflows, 32, 0x7fffffffffffffff, has 0x7fffffffffffffff bytes in the file; expected at most its 0x1000",
        "file size negative, 32, -1, takes 0xffffffffffffffff bytes from offset",
        "memory wraps, 24, 0xfffffffffffff000, 'loads 0x1000 bytes at 0xfffffffffffff000; expected at least 1 byte, ending below 2^63'",
        "memory size huge, 40, 0x7fffffffffffffff, loads 0x7fffffffffffffff bytes at 0x100000",
        "memory size negative, 40, -1, loads 0xffffffffffffffff bytes at 0x100000",
        "memory smaller than file, 40, 16, has 0x40 bytes in the file; expected at most its 0x10 bytes in memory",
    })
    void shouldRefuseAWrongProgramHeader(String name, int field, String value, String message) {
        long number = value.startsWith("0x") ? Long.parseUnsignedLong(value.substring(2), 16) : Long.parseLong(value);
        GuestFile file = ElfFixture.hello().with(FIRST_PROGRAM_HEADER + field, 8, number);
        assertThatThrownBy(() -> GuestImage.parse(file))
                .isInstanceOf(GuestFileException.class)
                .hasMessageStartingWith("guest file test.elf, offset 0x40: program header 0")
                .hasMessageContaining(message);
    }

    @Test
    void shouldRefuseSegmentsThatOverlap() {
        ElfFixture elf = ElfFixture.hello().load(0x100800, 0x100800, new byte[4], 4096);
        assertThatThrownBy(elf::parse)
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("program header 1 loads at [0x100800, 0x101800); "
                        + "expected no overlap with program header 0 at [0x100000, 0x101000)");
    }

    @Test
    void shouldRefuseAFileThatLoadsNothing() {
        assertThatThrownBy(() -> new ElfFixture().pvhNote(0x100000).parse())
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("expected at least one loadable segment");
    }

    @Test
    void shouldRefuseAProgramThatWantsADynamicLinker() {
        ElfFixture elf = ElfFixture.hello().header(3, 0, 0, "/lib64/ld.so".getBytes(), 0, 1);
        assertThatThrownBy(elf::parse)
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("link the guest with -static");
    }

    @Test
    void shouldRefuseANoteThatEndsPastItsSegment() {
        ElfFixture elf = ElfFixture.hello().header(4, 0, 0, new byte[12], 0, 4);
        byte[] bytes = elf.bytes();
        Arrays.fill(bytes, bytes.length - 12, bytes.length, (byte) 0xff);
        assertThatThrownBy(() -> GuestImage.parse(GuestFile.of("test.elf", bytes)))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("a note with a name of 4294967295 and a descriptor of 4294967295 bytes");
    }

    @Test
    void shouldRefuseMoreNotesThanAnyGuestHas() {
        ElfFixture elf = ElfFixture.hello().header(4, 0, 0, new byte[70_000], 0, 4);
        assertThatThrownBy(elf::parse)
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("has 0x11170 bytes of notes");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 16, 63, 64, 100})
    void shouldRefuseATruncatedFile(int length) {
        byte[] bytes = Arrays.copyOf(ElfFixture.hello().bytes(), length);
        assertThatThrownBy(() -> GuestImage.parse(GuestFile.of("cut.elf", bytes)))
                .isInstanceOf(GuestFileException.class)
                .hasMessageStartingWith("guest file cut.elf, offset 0x")
                .hasMessageContaining("; expected ");
    }

    @Test
    void shouldRefuseATextFile() {
        assertThatThrownBy(() -> GuestImage.parse(GuestFile.of("notes.txt", "hello, world".getBytes())))
                .isInstanceOf(GuestFileException.class)
                .hasMessage("guest file notes.txt, offset 0x0: the file starts with 68 65 6c 6c; "
                        + "expected the ELF magic number 7f 45 4c 46");
    }

    @Test
    void shouldEnterAFlatProgramAsItsCallerAsks() {
        GuestImage image = GuestImage.flat("boot sector", new byte[512], 0x7c00, 0x7c10, EntryMode.REAL);
        assertThat(image.mode()).isEqualTo(EntryMode.REAL);
        assertThat(image.entry()).isEqualTo(0x7c10);
        assertThatThrownBy(() -> GuestImage.flat("boot sector", new byte[512], 0x7c00, 0x8000, EntryMode.REAL))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("0x8000 lies in no loaded segment");
    }
}
