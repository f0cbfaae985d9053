package io.paravert.platform.boot;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import io.paravert.vmm.boot.GuestFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The compressed ELF file inside a bzImage. Every format ends with the size of what it unpacks to, 32 bits, little-endian
 * (Linux, scripts/Makefile.lib, "size_append"; gzip has it anyway); not one byte more than that is ever made.
 */
final class CompressedPayload {
    /** Far above any kernel, far below what hurts the host. */
    private static final int MAX_BYTES = 256 << 20;
    /** What the LZMA decoders may take for their dictionary, KiB. */
    private static final int DICTIONARY_LIMIT = 160 << 10;

    private static final int SIZE_BYTES = 4;

    private enum Format {
        GZIP(0x1f, 0x8b),
        XZ(0xfd, 0x37),
        LZMA(0x5d, 0x00),
        LZ4(0x02, 0x21),
        ZSTD(0x28, 0xb5);

        private final int first;
        private final int second;

        Format(int first, int second) {
            this.first = first;
            this.second = second;
        }
    }

    private static final int ZSTD_DESCRIPTOR_AT = 4;
    private static final int ZSTD_SINGLE_SEGMENT = 1 << 5;
    /** Exponent 13 above 1 KiB. */
    private static final byte ZSTD_WINDOW_8_MIB = 13 << 3;

    private final GuestFile file;
    private final long offset;
    private final byte[] packed;

    private CompressedPayload(GuestFile file, long offset, byte[] packed) {
        this.file = file;
        this.offset = offset;
        this.packed = packed;
    }

    /**
     * Unpacks the payload of a bzImage.
     *
     * @return empty if there is none or its format is not one that is known here; the kernel unpacks itself then
     * @throws io.paravert.vmm.boot.GuestFileException if it is broken
     */
    static Optional<byte[]> unpack(GuestFile file, SetupHeader header) {
        long bytes = header.payloadBytes();
        if (bytes < 2 * SIZE_BYTES) {
            return Optional.empty();
        }
        if (bytes > MAX_BYTES || !file.contains(header.payloadOffset(), bytes)) {
            throw file.refuse(
                    SetupHeader.PAYLOAD_LENGTH,
                    "a payload of " + bytes + " bytes at offset " + header.payloadOffset(),
                    "it within the file's " + file.size() + " bytes; is the file cut off?");
        }
        byte[] packed = new byte[(int) bytes];
        file.read(header.payloadOffset(), packed, 0, packed.length, "payload");
        return new CompressedPayload(file, header.payloadOffset(), packed).unpack();
    }

    private Optional<byte[]> unpack() {
        Optional<Format> format = format();
        if (format.isEmpty()) {
            return Optional.empty();
        }
        long size = Integer.toUnsignedLong(little().getInt(packed.length - SIZE_BYTES));
        if (size == 0 || size > MAX_BYTES) {
            throw file.refuse(
                    offset + packed.length - SIZE_BYTES,
                    "a payload that unpacks to " + size + " bytes",
                    "1 to " + MAX_BYTES);
        }
        try {
            return Optional.of(unpack(format.get(), (int) size));
        } catch (IOException | MalformedInputException e) {
            throw file.refuse(offset, "a broken " + format.get() + " payload (" + e.getMessage() + ")", "a whole one");
        }
    }

    private Optional<Format> format() {
        int first = packed[0] & 0xff;
        int second = packed[1] & 0xff;
        return Arrays.stream(Format.values())
                .filter(each -> each.first == first && each.second == second)
                .findFirst();
    }

    private ByteBuffer little() {
        return ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] unpack(Format format, int size) throws IOException {
        int length = packed.length - SIZE_BYTES;
        return switch (format) {
            case GZIP -> readAll(new GZIPInputStream(stream(packed.length)), size);
            case XZ -> readAll(new XZInputStream(stream(length), DICTIONARY_LIMIT), size);
            case LZMA -> readAll(new LZMAInputStream(stream(length), DICTIONARY_LIMIT), size);
            case LZ4 -> unpackLz4(length, size);
            case ZSTD -> {
                narrowZstdWindow();
                byte[] plain = new byte[size];
                int made = new ZstdDecompressor().decompress(packed, 0, length, plain, 0, size);
                yield whole(plain, made);
            }
        };
    }

    /**
     * Writes a smaller window into the frame's header (RFC 8878, 3.1.1.1.2). The decompressor refuses windows above 8 MiB, and
     * kernels are packed with 128; it matters only to who keeps no more than a window, and here all output is kept.
     */
    private void narrowZstdWindow() {
        boolean hasWindow = (packed[ZSTD_DESCRIPTOR_AT] & ZSTD_SINGLE_SEGMENT) == 0;
        int at = ZSTD_DESCRIPTOR_AT + 1;
        if (hasWindow && (packed[at] & 0xff) > ZSTD_WINDOW_8_MIB) {
            packed[at] = ZSTD_WINDOW_8_MIB;
        }
    }

    private InputStream stream(int length) {
        return new ByteArrayInputStream(packed, 0, length);
    }

    private static byte[] readAll(InputStream from, int size) throws IOException {
        byte[] plain = new byte[size];
        return whole(plain, from.readNBytes(plain, 0, size));
    }

    private static byte[] whole(byte[] plain, int made) throws IOException {
        if (made != plain.length) {
            throw new IOException("it unpacks to " + made + " bytes and says " + plain.length);
        }
        return plain;
    }

    /** The legacy frame (LZ4 frame format, "Legacy frame"): a magic number, then blocks, each behind its packed size. */
    private byte[] unpackLz4(int length, int size) throws IOException {
        ByteBuffer frame = little();
        byte[] plain = new byte[size];
        int made = 0;
        int at = SIZE_BYTES;
        Lz4Decompressor decompressor = new Lz4Decompressor();
        while (at <= length - SIZE_BYTES && made < size) {
            int block = frame.getInt(at);
            at += SIZE_BYTES;
            if (block <= 0 || block > length - at) {
                throw new IOException("a block of " + Integer.toUnsignedString(block) + " bytes at " + at);
            }
            made += decompressor.decompress(packed, at, block, plain, made, size - made);
            at += block;
        }
        return whole(plain, made);
    }
}
