package io.paravert.devices.block;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What a {@link FileStore} needs of a file. All calls may block; any thread. */
interface BlockFile extends AutoCloseable {
    /** Bytes. */
    long size() throws IOException;

    /** Fills some of the buffer from a position; -1 at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes some of the buffer. */
    int write(ByteBuffer source, long position) throws IOException;

    /** Returns when all that was written, and the file's length and times, are on stable storage: fsync. */
    void force() throws IOException;

    /** Gives the storage of a range back, so that it reads as zeros; false if the host cannot. */
    boolean punchHole(long position, long bytes);

    /** Makes a range read as zeros and keeps its storage; false if the host cannot. */
    boolean zeroRange(long position, long bytes);

    @Override
    void close() throws IOException;
}
