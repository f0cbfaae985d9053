package io.paravert.devices.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A file of the host, locked while it is open, so that two machines cannot ruin it. */
final class HostFile implements BlockFile {
    private final FileChannel channel;
    private final Optional<FileAllocation> allocation;

    private HostFile(FileChannel channel, Optional<FileAllocation> allocation) {
        this.channel = channel;
        this.allocation = allocation;
    }

    /** @throws IllegalArgumentException if another machine has it: one line that says so */
    static HostFile open(Path file, boolean readOnly) throws IOException {
        Set<StandardOpenOption> options = readOnly
                ? EnumSet.of(StandardOpenOption.READ)
                : EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel channel = FileChannel.open(file, options);
        try {
            lock(file, channel, readOnly);
            return new HostFile(channel, readOnly ? Optional.empty() : FileAllocation.open(file));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(Path file, FileChannel channel, boolean readOnly) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, readOnly);
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new IllegalArgumentException(
                    "file=" + file + ": another machine uses it; stop that one, or copy the file");
        }
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        return channel.write(source, position);
    }

    @Override
    public void force() throws IOException {
        // With its length and times: fsync, not fdatasync.
        channel.force(true);
    }

    @Override
    public boolean punchHole(long position, long bytes) {
        return allocation.isPresent() && allocation.get().punchHole(position, bytes);
    }

    @Override
    public boolean zeroRange(long position, long bytes) {
        return allocation.isPresent() && allocation.get().zeroRange(position, bytes);
    }

    @Override
    public void close() throws IOException {
        // Before the channel: to close any descriptor of a file gives up the process's locks on it.
        allocation.ifPresent(FileAllocation::close);
        channel.close();
    }
}
