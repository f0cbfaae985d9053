package io.paravert.platform.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.abi.Gpa;
import io.paravert.platform.boot.KernelLoader.Path;
import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestFileException;
import io.paravert.vmm.memory.GuestMemory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KernelLoaderTest {
    private static final int RBX = 3;
    private static final int RSI = 6;
    private static final Firmware RSDP_AT_E0000 = (memory, facts) -> 0xe0000;

    private final GuestMemory memory = GuestMemory.allocate(64 << 20);

    @AfterEach
    void close() {
        memory.close();
    }

    private GuestEntry load(byte[] kernel, Path path, GuestFile... modules) {
        BootRequest request = new BootRequest("console=ttyS0", List.of(modules), RSDP_AT_E0000);
        return new KernelLoader(KernelFixture.file(kernel), request, path).load(memory, KernelFixture.FACTS);
    }

    private static GuestFile initrd(int bytes) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) 0x5a);
        return GuestFile.of("initrd", content);
    }

    private String text(long gpa, int length) {
        byte[] bytes = new byte[length];
        memory.read(gpa, bytes, 0, length);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Test
    void unpacksEachFormatAndEntersByPvh() {
        List<Function<byte[], byte[]>> formats = List.of(
                KernelFixture::gzip,
                KernelFixture::xz,
                KernelFixture::lz4,
                KernelFixture::zstd,
                KernelFixture::zstdWithWideWindow);
        for (Function<byte[], byte[]> format : formats) {
            memory.fill(KernelFixture.LOAD, 64, (byte) 0);
            GuestEntry entry = load(KernelFixture.bzImage(format.apply(KernelFixture.vmlinux())), Path.AUTO);
            assertThat(entry.state().rip).isEqualTo(KernelFixture.PVH_ENTRY);
            assertThat(entry.state().general[RBX]).isEqualTo(Gpa.PVH_START_INFO);
            assertThat(text(KernelFixture.LOAD, 17)).isEqualTo("the kernel's code");
            assertThat(memory.getLong(Gpa.PVH_START_INFO + 32)).isEqualTo(0xe0000);
        }
    }

    @Test
    void entersABzImageByItsBootProtocolWithAllThatBelongsToIt() {
        GuestEntry entry = load(KernelFixture.bzImage(new byte[64]), Path.AUTO, initrd(5000));
        assertThat(entry.state().rip).isEqualTo(KernelFixture.LOAD + 0x200);
        assertThat(text(entry.state().rip, 12)).isEqualTo("64-bit entry");
        long params = entry.state().general[RSI];
        assertThat(memory.getInt(params + SetupHeader.MAGIC)).isEqualTo(0x5372_6448);
        assertThat(memory.getLong(params + 0x70)).isEqualTo(0xe0000);
        long line = memory.getInt(params + SetupHeader.CMD_LINE_PTR);
        assertThat(text(line, 14)).isEqualTo("console=ttyS0\0");
        long initrd = memory.getInt(params + SetupHeader.RAMDISK_IMAGE);
        assertThat(memory.getInt(params + SetupHeader.RAMDISK_SIZE)).isEqualTo(5000);
        assertThat(memory.getByte(initrd + 4999)).isEqualTo((byte) 0x5a);
        int entries = memory.getByte(params + 0x1e8);
        long last = params + 0x2d0 + (entries - 1) * 20L;
        assertThat(memory.getLong(last)).isEqualTo(Gpa.LOAD_MIN);
        assertThat(memory.getLong(last + 8)).isEqualTo((64 << 20) - Gpa.LOAD_MIN);
        assertThat(memory.getInt(last + 16)).isEqualTo(1);
    }

    @Test
    void entersAVmlinuxByPvhWithItsModules() {
        load(KernelFixture.vmlinux(), Path.AUTO, initrd(4096));
        assertThat(memory.getInt(Gpa.PVH_START_INFO + 12)).isEqualTo(1);
        long module = memory.getLong(memory.getLong(Gpa.PVH_START_INFO + 16));
        assertThat(memory.getByte(module)).isEqualTo((byte) 0x5a);
    }

    @Test
    void entersAMultibootKernelWithModulesAndMemoryMap() {
        GuestEntry entry = load(KernelFixture.multiboot(), Path.AUTO, initrd(10), initrd(20));
        assertThat(entry.state().rip).isEqualTo(0x10_0040);
        assertThat(entry.state().general[0]).isEqualTo(0x2bad_b002L);
        long info = entry.state().general[RBX];
        assertThat(memory.getInt(info) & 0x4d).isEqualTo(0x4d);
        assertThat(text(memory.getInt(info + 16), 14)).isEqualTo("console=ttyS0\0");
        assertThat(memory.getInt(info + 20)).isEqualTo(2);
        long modules = memory.getInt(info + 24);
        assertThat(memory.getInt(modules + 20) - memory.getInt(modules + 16)).isEqualTo(20);
        assertThat(text(memory.getInt(modules + 8), 7)).isEqualTo("initrd\0");
        assertThat(memory.getShort(0x413))
                .as("KiB of low memory, as a BIOS says")
                .isEqualTo((short) 640);
        long map = memory.getInt(info + 48);
        assertThat(memory.getInt(map)).isEqualTo(20);
        assertThat(memory.getInt(info + 44) % 24).isZero();
    }

    @Test
    void refusesWhatIsNoKernelInOneLine() {
        assertThatThrownBy(() -> load("#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII), Path.AUTO))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("expected a Linux bzImage")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> load(new byte[0], Path.AUTO)).isInstanceOf(GuestFileException.class);
    }

    @Test
    void refusesAKernelThatIsCutOff() {
        byte[] whole = KernelFixture.bzImage(KernelFixture.gzip(KernelFixture.vmlinux()));
        assertThatThrownBy(() -> load(Arrays.copyOf(whole, whole.length - 64), Path.AUTO))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("cut off");
    }

    /** As memtest86+ is: its size is stated in paragraphs of 16 bytes, rounded up. */
    @Test
    void takesAKernelWhoseLastParagraphIsNotWhole() {
        byte[] whole = KernelFixture.bzImage(new byte[56]);
        assertThat(load(Arrays.copyOf(whole, whole.length - 8), Path.AUTO).state().rip)
                .isEqualTo(KernelFixture.LOAD + 0x200);
        assertThatThrownBy(() -> load(Arrays.copyOf(whole, whole.length - 16), Path.AUTO))
                .hasMessageContaining("cut off");
    }

    @Test
    void refusesAKernelLargerThanTheMemory() {
        try (GuestMemory small = GuestMemory.allocate(8 << 20)) {
            BootRequest request = new BootRequest("", List.of(), Firmware.NONE);
            KernelLoader loader =
                    new KernelLoader(KernelFixture.file(KernelFixture.bzImage(new byte[64])), request, Path.AUTO);
            assertThatThrownBy(() -> loader.load(small, KernelFixture.FACTS))
                    .isInstanceOf(GuestFileException.class)
                    .hasMessageContaining("give the guest more");
        }
    }

    @Test
    void refusesAnInitrdThatDoesNotFit() {
        assertThatThrownBy(() -> load(KernelFixture.bzImage(new byte[64]), Path.AUTO, initrd(60 << 20)))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("does not fit");
    }

    @Test
    void refusesACommandLineLongerThanTheKernelTakes() {
        BootRequest request = new BootRequest("x".repeat(2048), List.of(), Firmware.NONE);
        assertThatThrownBy(() ->
                        new KernelLoader(KernelFixture.file(KernelFixture.bzImage(new byte[64])), request, Path.AUTO))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("2047");
    }

    @Test
    void refusesAPayloadThatUnpacksToMoreThanItSays() {
        byte[] payload = KernelFixture.xz(KernelFixture.vmlinux());
        payload[payload.length - 4] += 1;
        assertThatThrownBy(() -> load(KernelFixture.bzImage(payload), Path.AUTO))
                .isInstanceOf(GuestFileException.class)
                .hasMessageContaining("unpacks to");
    }

    /** Whatever a hostile file says: it is loaded, or refused in one line. */
    @Test
    void survivesMutatedKernels() {
        long seed = 20_261_125;
        System.out.println("survivesMutatedKernels: seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> kernels = List.of(
                KernelFixture.bzImage(new byte[64]),
                KernelFixture.bzImage(KernelFixture.gzip(KernelFixture.vmlinux())),
                KernelFixture.bzImage(KernelFixture.xz(KernelFixture.vmlinux())),
                KernelFixture.bzImage(KernelFixture.lz4(KernelFixture.vmlinux())),
                KernelFixture.bzImage(KernelFixture.zstd(KernelFixture.vmlinux())),
                KernelFixture.vmlinux(),
                KernelFixture.multiboot());
        int refused = 0;
        for (int i = 0; i < 7000; i++) {
            byte[] kernel = mutate(kernels.get(i % kernels.size()).clone(), random);
            try {
                load(kernel, Path.AUTO, initrd(100));
            } catch (GuestFileException e) {
                refused++;
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
        assertThat(refused).isBetween(500, 6900);
    }

    private static byte[] mutate(byte[] kernel, SplittableRandom random) {
        int changes = random.nextInt(1, 6);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(kernel.length);
            kernel[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (random.nextBoolean() ? 0xff : 0);
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(kernel, random.nextInt(kernel.length)) : kernel;
    }
}
