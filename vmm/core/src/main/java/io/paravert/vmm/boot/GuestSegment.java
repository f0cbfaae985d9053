package io.paravert.vmm.boot;

import java.util.Locale;

/**
 * A contiguous piece of a guest: some bytes of its file, then zeroes.
 *
 * @param gpa guest-physical address of the first byte
 * @param memoryBytes bytes in memory, 1 or more; {@code gpa + memoryBytes} does not exceed 2^63-1
 * @param file where its bytes come from
 * @param fileOffset of the first byte
 * @param fileBytes 0 to {@code memoryBytes}; the range lies in the file
 * @param origin what it is in the file, for messages, such as "program header 2"
 * @param originOffset where in the file that stands
 */
record GuestSegment(
        long gpa, long memoryBytes, GuestFile file, long fileOffset, long fileBytes, String origin, long originOffset) {

    GuestSegment {
        if (gpa < 0 || memoryBytes <= 0 || memoryBytes > Long.MAX_VALUE - gpa) {
            throw file.refuse(
                    originOffset,
                    String.format(Locale.ROOT, "%s loads 0x%x bytes at 0x%x", origin, memoryBytes, gpa),
                    "at least 1 byte, ending below 2^63");
        }
        if (fileBytes > memoryBytes) {
            throw file.refuse(
                    originOffset,
                    String.format(Locale.ROOT, "%s has 0x%x bytes in the file", origin, fileBytes),
                    String.format(Locale.ROOT, "at most its 0x%x bytes in memory", memoryBytes));
        }
        if (!file.contains(fileOffset, fileBytes)) {
            throw file.refuse(
                    originOffset,
                    String.format(
                            Locale.ROOT,
                            "%s takes 0x%x bytes from offset 0x%x of the file",
                            origin,
                            fileBytes,
                            fileOffset),
                    String.format(Locale.ROOT, "them to end within the file's 0x%x bytes", file.size()));
        }
    }

    /** Guest-physical address of the byte after the last one. */
    long end() {
        return gpa + memoryBytes;
    }

    boolean contains(long address) {
        return address >= gpa && address < end();
    }

    GuestFileException refuse(String found, String expected) {
        return file.refuse(originOffset, origin + " " + found, expected);
    }

    /** For messages: {@code [0x100000, 0x101000)}. */
    static String range(long from, long end) {
        return String.format(Locale.ROOT, "[0x%x, 0x%x)", from, end);
    }
}
