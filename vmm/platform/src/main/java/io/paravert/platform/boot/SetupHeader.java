package io.paravert.platform.boot;

import io.paravert.vmm.boot.GuestFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/**
 * The setup header of a bzImage (Linux, Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header"), checked. Offsets are
 * those of the file, and also those of the boot_params page that the header is copied to.
 */
final class SetupHeader {
    static final int SETUP_SECTS = 0x1f1;
    static final int BOOT_FLAG = 0x1fe;
    static final int JUMP_OFFSET = 0x201;
    static final int MAGIC = 0x202;
    static final int VERSION = 0x206;
    static final int TYPE_OF_LOADER = 0x210;
    static final int LOADFLAGS = 0x211;
    static final int RAMDISK_IMAGE = 0x218;
    static final int RAMDISK_SIZE = 0x21c;
    static final int CMD_LINE_PTR = 0x228;
    static final int INITRD_ADDR_MAX = 0x22c;
    static final int KERNEL_ALIGNMENT = 0x230;
    static final int RELOCATABLE = 0x234;
    static final int XLOADFLAGS = 0x236;
    static final int CMDLINE_SIZE = 0x238;
    static final int PAYLOAD_OFFSET = 0x248;
    static final int PAYLOAD_LENGTH = 0x24c;
    static final int PREF_ADDRESS = 0x258;
    static final int INIT_SIZE = 0x260;

    private static final int SECTOR = 512;
    private static final int PARAGRAPH = 16;
    private static final int DEFAULT_SETUP_SECTS = 4;
    private static final int BOOT_FLAG_VALUE = 0xaa55;
    /** "HdrS". */
    private static final int MAGIC_VALUE = 0x5372_6448;
    /** 2.12, the first with the 64-bit entry. */
    private static final int OLDEST = 0x20c;
    /** The header ends where the longest jump over it can lead. */
    private static final int BYTES = MAGIC + 0x80;

    private static final int XLF_KERNEL_64 = 1;
    private static final int LOADED_HIGH = 1;
    private static final long ADDRESS_END = 1L << 32;

    private final GuestFile file;
    private final byte[] bytes;
    private final ByteBuffer fields;

    private SetupHeader(GuestFile file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
        this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static boolean isPresent(GuestFile file) {
        byte[] start = new byte[SETUP_SECTS + SECTOR];
        if (!file.contains(0, start.length)) {
            return false;
        }
        file.read(0, start, 0, start.length, "setup header");
        ByteBuffer fields = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        return fields.getShort(BOOT_FLAG) == (short) BOOT_FLAG_VALUE && fields.getInt(MAGIC) == MAGIC_VALUE;
    }

    /** @throws io.paravert.vmm.boot.GuestFileException if the header is not one of a kernel with a 64-bit entry */
    static SetupHeader read(GuestFile file) {
        byte[] bytes = new byte[BYTES];
        file.read(0, bytes, 0, BYTES, "setup header");
        SetupHeader header = new SetupHeader(file, bytes);
        header.check();
        return header;
    }

    private void check() {
        int version = fields.getShort(VERSION) & 0xffff;
        if (version < OLDEST) {
            throw file.refuse(
                    VERSION,
                    String.format(Locale.ROOT, "boot protocol %d.%02d", version >> 8, version & 0xff),
                    "2.12 or later (Linux 3.8)");
        }
        if ((fields.getShort(XLOADFLAGS) & XLF_KERNEL_64) == 0) {
            throw file.refuse(XLOADFLAGS, "a kernel without 64-bit entry", "a kernel for x86-64");
        }
        if ((fields.get(LOADFLAGS) & LOADED_HIGH) == 0) {
            throw file.refuse(LOADFLAGS, "a kernel that is loaded below 1 MiB (zImage)", "a bzImage");
        }
        if (!file.contains(kernelOffset(), 1)) {
            throw file.refuse(
                    SETUP_SECTS,
                    "the kernel begins at offset " + kernelOffset(),
                    "it within the file's " + file.size() + " bytes; is the file cut off?");
        }
        if (initBytes() == 0 || preferredAddress() < 0 || preferredAddress() > ADDRESS_END - initBytes()) {
            throw file.refuse(
                    PREF_ADDRESS,
                    String.format(
                            Locale.ROOT, "a kernel of 0x%x bytes that prefers 0x%x", initBytes(), preferredAddress()),
                    "it to end below 4 GiB");
        }
        // In paragraphs of 16 bytes; the last need not be whole.
        long stated = Integer.toUnsignedLong(fields.getInt(SETUP_SECTS + 3)) * PARAGRAPH;
        if (stated - PARAGRAPH >= file.size() - kernelOffset()) {
            throw file.refuse(
                    SETUP_SECTS + 3,
                    "a kernel of " + stated + " bytes",
                    "at most the " + (file.size() - kernelOffset()) + " that the file has; is the file cut off?");
        }
    }

    /** Where the protected-mode kernel begins in the file. */
    long kernelOffset() {
        int sectors = fields.get(SETUP_SECTS) & 0xff;
        return (long) ((sectors == 0 ? DEFAULT_SETUP_SECTS : sectors) + 1) * SECTOR;
    }

    long kernelBytes() {
        return file.size() - kernelOffset();
    }

    /** Where the kernel is to lie: where it prefers. */
    long preferredAddress() {
        return fields.getLong(PREF_ADDRESS);
    }

    /** Memory that the kernel needs from there on before it can read the memory map, bytes. */
    long initBytes() {
        return Integer.toUnsignedLong(fields.getInt(INIT_SIZE));
    }

    /** First address behind the initial RAM disk. */
    long initrdEnd() {
        return Integer.toUnsignedLong(fields.getInt(INITRD_ADDR_MAX)) + 1;
    }

    /** Longest command line, bytes, without the final NUL. */
    long commandLineBytes() {
        return Integer.toUnsignedLong(fields.getInt(CMDLINE_SIZE));
    }

    /** Where the compressed kernel lies in the file. */
    long payloadOffset() {
        return kernelOffset() + Integer.toUnsignedLong(fields.getInt(PAYLOAD_OFFSET));
    }

    /** Bytes of the compressed kernel; 0 if the header names none. */
    long payloadBytes() {
        return Integer.toUnsignedLong(fields.getInt(PAYLOAD_LENGTH));
    }

    /** The header as it goes into boot_params, from {@link #SETUP_SECTS} on. */
    byte[] forBootParams() {
        int end = MAGIC + (bytes[JUMP_OFFSET] & 0x7f);
        return Arrays.copyOfRange(bytes, SETUP_SECTS, Math.max(end, INIT_SIZE + Integer.BYTES));
    }
}
