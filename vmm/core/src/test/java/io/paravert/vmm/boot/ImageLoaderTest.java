package io.paravert.vmm.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.BootMagic;
import io.paravert.abi.BootModuleLayout;
import io.paravert.abi.BootSelector;
import io.paravert.abi.DeviceLayout;
import io.paravert.abi.Gpa;
import io.paravert.abi.MemoryRangeLayout;
import io.paravert.abi.MemoryType;
import io.paravert.abi.Pvh;
import io.paravert.abi.PvhStartInfoLayout;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.DeviceEntry;
import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.VmException;
import io.paravert.vmm.crash.PageWalk;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageLoaderTest {
    private static final int MEMORY = 4 << 20;
    private static final int RBX = 3;
    private static final int RDI = 7;

    private final GuestMemory memory = GuestMemory.allocate(MEMORY);

    @AfterEach
    void close() {
        memory.close();
    }

    private static BootFacts facts(DeviceEntry... devices) {
        return new BootFacts(0x1234, 7, 2, 3, MEMORY, 2_400_000, 1_000_000, 9, List.of(devices));
    }

    private GuestEntry load(GuestImage image) {
        return new ImageLoader(image).load(memory, facts());
    }

    private ByteBuffer page(long gpa) {
        byte[] bytes = new byte[GuestMemory.PAGE];
        memory.read(gpa, bytes, 0, bytes.length);
        return ByteBuffer.wrap(bytes);
    }

    @Test
    void shouldPlaceTheSegmentsAtTheirPhysicalAddresses() {
        load(new ElfFixture()
                .load(Gpa.LOAD_MIN, 0x200000, "second".getBytes(StandardCharsets.US_ASCII), 100)
                .load(0x100000, 0x100000, new byte[] {1, 2, 3, 4}, 8)
                .parse());
        assertThat(memory.getInt(0x100000)).isEqualTo(0x04030201);
        assertThat(memory.getInt(0x100004)).isZero();
        byte[] text = new byte[7];
        memory.read(0x200000, text, 0, 7);
        assertThat(new String(text, StandardCharsets.US_ASCII)).isEqualTo("second\0");
    }

    @Test
    void shouldEnter64BitCodeOnIdentityPageTablesWithTheBootInfoInRdi() {
        CpuState state = load(ElfFixture.hello().parse()).state();
        assertThat(state.rip).isEqualTo(0x100000);
        assertThat(state.general[RDI]).isEqualTo(Gpa.BOOT_INFO);
        assertThat(state.general[4]).as("RSP").isZero();
        assertThat(state.cr0).isEqualTo(0x80010033L);
        assertThat(state.cr4).isEqualTo(0x620);
        assertThat(state.efer).isEqualTo(0xd01);
        assertThat(state.rflags).isEqualTo(2);
        assertThat(state.segments[CpuState.CS].selector).isEqualTo(BootSelector.CODE64);
        assertThat(state.segments[CpuState.CS].attributes).isEqualTo(0xa9b);
        assertThat(state.segments[CpuState.SS].attributes).isEqualTo(0xc93);
        for (long address : new long[] {0, 0x100123, 0x7fff_ffff, 0xffff_ffffL}) {
            PageWalk walk = PageWalk.of(memory, state, address);
            assertThat(walk.mapped()).isTrue();
            assertThat(walk.physical()).isEqualTo(address);
        }
        assertThat(PageWalk.of(memory, state, 0x1_0000_0000L).mapped()).isFalse();
    }

    @Test
    void shouldWriteTheBootGdtThatTheRegistersShow() {
        CpuState state = load(ElfFixture.hello().parse()).state();
        assertThat(state.gdtBase).isEqualTo(Gpa.BOOT_GDT);
        assertThat(state.gdtLimit).isEqualTo(BootSelector.LIMIT);
        assertThat(memory.getLong(Gpa.BOOT_GDT)).isZero();
        assertThat(memory.getLong(Gpa.BOOT_GDT + BootSelector.CODE32)).isEqualTo(0x00cf9b000000ffffL);
        assertThat(memory.getLong(Gpa.BOOT_GDT + BootSelector.CODE64)).isEqualTo(0x00af9b000000ffffL);
        assertThat(memory.getLong(Gpa.BOOT_GDT + BootSelector.DATA)).isEqualTo(0x00cf93000000ffffL);
        assertThat(memory.getLong(Gpa.BOOT_GDT + BootSelector.TSS)).isEqualTo(0x00008b0011000067L);
        assertThat(state.tr.base).isEqualTo(0x1100);
        assertThat(memory.getShort(state.tr.base + 0x66))
                .as("I/O bitmap past the limit")
                .isEqualTo((short) 0x68);
    }

    @Test
    void shouldEnterAPvhGuestAsXensAbiSays() {
        CpuState state = load(ElfFixture.hello().pvhNote(0x100010).parse()).state();
        assertThat(state.rip).isEqualTo(0x100010);
        assertThat(state.general[RBX]).isEqualTo(Gpa.PVH_START_INFO);
        assertThat(state.cr0 & ~0x10)
                .as("CR0 has PE only, and ET that cannot be cleared")
                .isEqualTo(1);
        assertThat(state.cr4).isZero();
        assertThat(state.efer).isZero();
        assertThat(state.rflags).isEqualTo(2);
        assertThat(state.segments[CpuState.CS].attributes).isEqualTo(0xc9b);
        assertThat(state.segments[CpuState.DS].base).isZero();
        assertThat(state.segments[CpuState.ES].limit).isEqualTo(-1);
        assertThat(state.tr.base).isZero();
        assertThat(state.tr.limit).isEqualTo(0x67);
        assertThat(state.tr.attributes & 0xf).isEqualTo(0xb);
    }

    @Test
    void shouldEnterRealModeWithFlatSegmentsInTheFirst64KiB() {
        CpuState state = load(GuestImage.flat("boot sector", new byte[] {(byte) 0xf4}, 0x7c00, 0x7c00, EntryMode.REAL))
                .state();
        assertThat(state.rip).isEqualTo(0x7c00);
        assertThat(state.cr0 & 1).isZero();
        for (CpuState.Segment segment : state.segments) {
            assertThat(segment.base).isZero();
            assertThat(segment.selector).isZero();
            assertThat(segment.limit).isEqualTo(0xffff);
        }
    }

    @Test
    void shouldDescribeTheMachineInTheBootInfoPage() {
        DeviceEntry console = new DeviceEntry(1, 4, 5, 0, -1, 0x3f8, 8, 0, 0, 80, 0x060504030201L, "console0");
        new ImageLoader(ElfFixture.hello().parse(), "quiet mode=ü", List.of()).load(memory, facts(console));
        ByteBuffer info = page(Gpa.BOOT_INFO);
        assertThat(BootInfoLayout.magic(info, 0)).isEqualTo(BootMagic.MAGIC);
        assertThat(BootInfoLayout.version(info, 0)).isEqualTo(AbiVersion.VALUE);
        assertThat(BootInfoLayout.features(info, 0)).isEqualTo(0x1234);
        assertThat(BootInfoLayout.transports(info, 0)).isEqualTo(7);
        assertThat(BootInfoLayout.transport(info, 0)).isEqualTo(2);
        assertThat(BootInfoLayout.hypercallPage(info, 0)).isEqualTo(Gpa.HYPERCALL_PAGE);
        assertThat(BootInfoLayout.vcpuCount(info, 0)).isEqualTo(3);
        assertThat(BootInfoLayout.memoryBytes(info, 0)).isEqualTo(MEMORY);
        assertThat(BootInfoLayout.guestNumber(info, 0)).isEqualTo(9);
        assertThat(BootInfoLayout.commandLineBytes(info, 0)).isEqualTo(13);
        byte[] line = new byte[14];
        memory.read(BootInfoLayout.commandLine(info, 0), line, 0, 14);
        assertThat(new String(line, StandardCharsets.UTF_8)).isEqualTo("quiet mode=ü\0");
        int at = BootInfoLayout.deviceOffset(info, 0);
        assertThat(BootInfoLayout.deviceCount(info, 0)).isEqualTo(1);
        assertThat(DeviceLayout.number(info, at)).isEqualTo(4);
        assertThat(DeviceLayout.port(info, at)).isEqualTo(0x3f8);
        assertThat(info.get(at + DeviceLayout.ADDRESS_OFFSET + 5)).isEqualTo((byte) 6);
        assertThat(info.get(at + DeviceLayout.NAME_OFFSET)).isEqualTo((byte) 'c');
    }

    @Test
    void shouldSayWhichMemoryIsTheGuests() {
        load(ElfFixture.hello().parse());
        ByteBuffer info = page(Gpa.BOOT_INFO);
        ByteBuffer start = page(Gpa.PVH_START_INFO);
        int map = BootInfoLayout.memoryMapOffset(info, 0);
        int startMap = (int) (PvhStartInfoLayout.memoryMap(start, 0) - Gpa.PVH_START_INFO);
        int count = BootInfoLayout.memoryMapCount(info, 0);
        assertThat(PvhStartInfoLayout.magic(start, 0)).isEqualTo(Pvh.MAGIC);
        assertThat(PvhStartInfoLayout.memoryMapCount(start, 0)).isEqualTo(count);
        long end = 0;
        long free = 0;
        for (int i = 0; i < count; i++) {
            int entry = map + i * MemoryRangeLayout.SIZE;
            assertThat(MemoryRangeLayout.base(info, entry)).isGreaterThanOrEqualTo(end);
            end = MemoryRangeLayout.base(info, entry) + MemoryRangeLayout.bytes(info, entry);
            free += MemoryRangeLayout.type(info, entry) == MemoryType.RAM ? MemoryRangeLayout.bytes(info, entry) : 0;
            for (int b = 0; b < MemoryRangeLayout.SIZE; b++) {
                assertThat(start.get(startMap + i * MemoryRangeLayout.SIZE + b)).isEqualTo(info.get(entry + b));
            }
        }
        assertThat(end).isEqualTo(MEMORY);
        assertThat(free).isEqualTo(MEMORY - 0x100000 + 0x9000 + 0x40000);
    }

    @Test
    void shouldPlaceModulesBelowTheTopOfMemory() {
        GuestFile disk = GuestFile.of("initrd", "a ram disk".getBytes(StandardCharsets.US_ASCII));
        GuestFile second = GuestFile.of("second", new byte[5000]);
        new ImageLoader(ElfFixture.hello().parse(), "", List.of(disk, second)).load(memory, facts());
        ByteBuffer start = page(Gpa.PVH_START_INFO);
        assertThat(PvhStartInfoLayout.commandLine(start, 0)).isZero();
        assertThat(PvhStartInfoLayout.moduleCount(start, 0)).isEqualTo(2);
        int at = (int) (PvhStartInfoLayout.modules(start, 0) - Gpa.PVH_START_INFO);
        assertThat(BootModuleLayout.base(start, at)).isEqualTo(MEMORY - 4096);
        assertThat(BootModuleLayout.bytes(start, at)).isEqualTo(10);
        assertThat(BootModuleLayout.base(start, at + BootModuleLayout.SIZE)).isEqualTo(MEMORY - 4096 - 8192);
        assertThat(memory.getByte(MEMORY - 4096)).isEqualTo((byte) 'a');
    }

    @Test
    void shouldRefuseAModuleThatDoesNotFit() {
        GuestFile disk = GuestFile.of("initrd", new byte[MEMORY - 0x100000]);
        ImageLoader loader = new ImageLoader(ElfFixture.hello().parse(), "", List.of(disk));
        assertThatThrownBy(() -> loader.load(memory, facts()))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("module initrd of 0x300000 bytes does not fit")
                .hasMessageContaining("give the guest more memory");
    }

    @ParameterizedTest
    @CsvSource({
        "0x1000, 0x1000, '[0x1000, 0x7000)'",
        "0x0, 0x1001, '[0x1000, 0x7000)'",
        "0x6fff, 0x1, '[0x1000, 0x7000)'",
        "0xff00, 0x200, '[0x10000, 0x60000)'",
        "0x5ffff, 0x10, '[0x10000, 0x60000)'",
    })
    void shouldRefuseASegmentOnTheMonitorsPages(String base, String bytes, String pages) {
        ElfFixture elf = ElfFixture.hello().load(0x7fff0000, Long.decode(base), new byte[1], Long.decode(bytes));
        assertThatThrownBy(() -> load(elf.parse()))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("expected it outside the monitor's pages " + pages);
    }

    @ParameterizedTest
    @CsvSource({"0x7000, 0x9000", "0x60000, 0x40000", "0x0, 0x1000", "0x200000, 0x200000"})
    void shouldTakeASegmentBesideTheMonitorsPages(String base, String bytes) {
        ElfFixture elf = ElfFixture.hello().load(0x7fff0000, Long.decode(base), new byte[] {7}, Long.decode(bytes));
        load(elf.parse());
        assertThat(memory.getByte(Long.decode(base))).isEqualTo((byte) 7);
    }

    @Test
    void shouldRefuseASegmentThatExceedsTheMemory() {
        ElfFixture elf = ElfFixture.hello().load(0x300000, 0x300000, new byte[1], 0x100001);
        assertThatThrownBy(() -> load(elf.parse()))
                .isInstanceOf(GuestFileException.class)
                .hasMessage(
                        "guest file test.elf, offset 0x78: program header 1 loads at [0x300000, 0x400001); expected "
                                + "it within the guest's RAM, [0x0, 0x400000); give more memory or link it lower");
    }

    @Test
    void shouldNotWriteAnythingOfAGuestThatItRefuses() {
        ElfFixture elf = ElfFixture.hello().load(0x500000, 0x500000, new byte[1], 1);
        assertThatThrownBy(() -> load(elf.parse())).isInstanceOf(GuestFileException.class);
        assertThat(memory.getByte(0x100000)).isZero();
    }

    @Test
    void shouldRefuseARealModeEntryAbove64KiB() {
        GuestImage image = GuestImage.flat("high", new byte[16], 0x60000, 0x60000, EntryMode.REAL);
        assertThatThrownBy(() -> load(image))
                .isInstanceOf(GuestFileException.class)
                .hasMessage("guest high is entered at 0x60000; expected an address below 0x10000 for real entry");
    }

    @Test
    void shouldRefuseACommandLineThatDoesNotFitItsPage() {
        GuestImage image = ElfFixture.hello().parse();
        new ImageLoader(image, "x".repeat(4095), List.of()).load(memory, facts());
        assertThatThrownBy(() -> new ImageLoader(image, "x".repeat(4096), List.of()))
                .isInstanceOf(VmException.class)
                .hasMessage("guest command line of 4096 bytes: give at most 4095");
        assertThatThrownBy(() -> new ImageLoader(image, "a\0b", List.of())).isInstanceOf(VmException.class);
    }

    @Test
    void shouldLeaveOutDevicesThatFindNoRoomInTheBootInfoPage() {
        DeviceEntry device = new DeviceEntry(0x8000, 1, 0, 0, -1, 0, 0, 0, 0, 0, 0, "plugin");
        List<DeviceEntry> many = new ArrayList<>(Collections.nCopies(100, device));
        BootFacts facts = new BootFacts(0, 1, 0, 1, MEMORY, 1, 0, 1, many);
        new ImageLoader(ElfFixture.hello().parse()).load(memory, facts);
        ByteBuffer info = page(Gpa.BOOT_INFO);
        int end = BootInfoLayout.deviceOffset(info, 0) + BootInfoLayout.deviceCount(info, 0) * DeviceLayout.SIZE;
        assertThat(BootInfoLayout.deviceCount(info, 0)).isBetween(40, 60);
        assertThat(end).isLessThanOrEqualTo(GuestMemory.PAGE);
    }
}
