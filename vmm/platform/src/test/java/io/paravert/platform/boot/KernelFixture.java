package io.paravert.platform.boot;

import io.paravert.vmm.BootFacts;
import io.paravert.vmm.boot.GuestFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Small kernels of each format. */
final class KernelFixture {
    static final int SETUP_BYTES = 2 * 512;
    static final long LOAD = 0x100_0000;
    static final int PVH_ENTRY = 0x100_0010;
    static final BootFacts FACTS = new BootFacts(0, 0, 0, 1, 64 << 20, 1_000_000, 0, 1, List.of());

    private KernelFixture() {}

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static GuestFile file(byte[] content) {
        return GuestFile.of("kernel", content);
    }

    /** An ELF64 executable of 64 bytes of code at {@link #LOAD} with a PVH note. */
    static byte[] vmlinux() {
        ByteBuffer elf = little(0x200);
        elf.putInt(0x464c_457f).put((byte) 2).put((byte) 1).put((byte) 1);
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        elf.putLong(24, LOAD).putLong(32, 64);
        elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 2);
        elf.putInt(64, 1).putLong(72, 0x100).putLong(80, LOAD).putLong(88, LOAD);
        elf.putLong(96, 64).putLong(104, 128).putLong(112, 4096);
        elf.putInt(120, 4).putLong(128, 0x180).putLong(152, 20).putLong(160, 20).putLong(168, 4);
        elf.position(0x100);
        elf.put("the kernel's code".getBytes(StandardCharsets.US_ASCII));
        elf.position(0x180);
        elf.putInt(4)
                .putInt(4)
                .putInt(18)
                .put("Xen\0".getBytes(StandardCharsets.US_ASCII))
                .putInt(PVH_ENTRY);
        return elf.array();
    }

    /** A bzImage of boot protocol 2.15 around a payload. */
    static byte[] bzImage(byte[] payload) {
        ByteBuffer image = little(SETUP_BYTES + 0x400 + payload.length + 15 & ~15);
        image.put(SetupHeader.SETUP_SECTS, (byte) 1);
        image.putInt(SetupHeader.SETUP_SECTS + 3, (image.capacity() - SETUP_BYTES) / 16);
        image.putShort(SetupHeader.BOOT_FLAG, (short) 0xaa55);
        image.putShort(0x200, (short) 0x6aeb);
        image.putInt(SetupHeader.MAGIC, 0x5372_6448).putShort(SetupHeader.VERSION, (short) 0x20f);
        image.put(SetupHeader.LOADFLAGS, (byte) 1).putShort(SetupHeader.XLOADFLAGS, (short) 0x3f);
        image.putInt(SetupHeader.INITRD_ADDR_MAX, 0x7fff_ffff).putInt(SetupHeader.CMDLINE_SIZE, 2047);
        image.putInt(SetupHeader.PAYLOAD_OFFSET, 0x400).putInt(SetupHeader.PAYLOAD_LENGTH, payload.length);
        image.putLong(SetupHeader.PREF_ADDRESS, LOAD).putInt(SetupHeader.INIT_SIZE, 0x20_0000);
        image.position(SETUP_BYTES + 0x200);
        image.put("64-bit entry".getBytes(StandardCharsets.US_ASCII));
        image.position(SETUP_BYTES + 0x400);
        image.put(payload);
        return image.array();
    }

    /** A multiboot kernel with address fields: header at 0x20 of the file and of memory from 1 MiB on. */
    static byte[] multiboot() {
        ByteBuffer image = little(0x100);
        int flags = 0x1_0003;
        image.putInt(0x20, 0x1bad_b002).putInt(0x24, flags).putInt(0x28, -(0x1bad_b002 + flags));
        image.putInt(0x2c, 0x10_0020).putInt(0x30, 0x10_0000).putInt(0x34, 0).putInt(0x38, 0x10_1000);
        image.putInt(0x3c, 0x10_0040);
        return image.array();
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        pack(plain, () -> new GZIPOutputStream(packed));
        return packed.toByteArray();
    }

    static byte[] xz(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        pack(plain, () -> new XZOutputStream(packed, new LZMA2Options(1)));
        return withSize(packed.toByteArray(), plain.length);
    }

    /** A legacy frame of one block. */
    static byte[] lz4(byte[] plain) {
        var compressor = new io.airlift.compress.lz4.Lz4Compressor();
        byte[] block = new byte[compressor.maxCompressedLength(plain.length)];
        int length = compressor.compress(plain, 0, plain.length, block, 0, block.length);
        return withSize(
                little(8 + length)
                        .putInt(0x184c_2102)
                        .putInt(length)
                        .put(block, 0, length)
                        .array(),
                plain.length);
    }

    static byte[] zstd(byte[] plain) {
        var compressor = new io.airlift.compress.zstd.ZstdCompressor();
        byte[] packed = new byte[compressor.maxCompressedLength(plain.length)];
        int length = compressor.compress(plain, 0, plain.length, packed, 0, packed.length);
        return withSize(java.util.Arrays.copyOf(packed, length), plain.length);
    }

    /** The same with a window of 128 MiB, as kernels are packed, and without the content's size (RFC 8878, 3.1.1.1). */
    static byte[] zstdWithWideWindow(byte[] plain) {
        byte[] frame = zstd(plain);
        if (frame[4] != 0x64) {
            throw new IllegalStateException("a header that is not of one segment with checksum and 2 bytes of size");
        }
        byte[] wide = new byte[frame.length - 1];
        System.arraycopy(frame, 0, wide, 0, 4);
        wide[4] = 4;
        wide[5] = (byte) 0x88;
        System.arraycopy(frame, 7, wide, 6, frame.length - 7);
        return wide;
    }

    private static byte[] withSize(byte[] packed, int size) {
        return little(packed.length + 4).put(packed).putInt(size).array();
    }

    private interface Opening {
        OutputStream open() throws IOException;
    }

    private static void pack(byte[] plain, Opening opening) {
        try (OutputStream out = opening.open()) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
