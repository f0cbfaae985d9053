package io.paravert.platform.boot;

/**
 * A piece of a 32-bit kernel: some bytes of its file, then zeroes.
 *
 * @param gpa first address
 * @param memoryBytes at least {@code fileBytes}
 */
record LoadPiece(long gpa, long memoryBytes, long fileOffset, long fileBytes) {
    long end() {
        return gpa + memoryBytes;
    }
}
