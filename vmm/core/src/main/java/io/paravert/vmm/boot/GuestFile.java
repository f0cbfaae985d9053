package io.paravert.vmm.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a guest, in a file or in memory. Offsets are 64-bit and unsigned as guest files state them; every read is
 * checked against the size, so that no field of a hostile file can lead out of it. Nothing is read before it is asked for.
 * One thread at a time.
 */
public final class GuestFile implements AutoCloseable {
    private final String name;
    private final long size;
    private final byte[] content;
    private final @Nullable FileChannel channel;

    private GuestFile(String name, long size, byte[] content, @Nullable FileChannel channel) {
        this.name = name;
        this.size = size;
        this.content = content;
        this.channel = channel;
    }

    /**
     * @param name for messages
     * @param content not copied; it must not change while the guest file is in use
     */
    public static GuestFile of(String name, byte[] content) {
        return new GuestFile(name, content.length, content, null);
    }

    /** @throws GuestFileException if there is no such regular file or it cannot be read */
    public static GuestFile open(Path path) {
        String name = path.toString();
        if (Files.isDirectory(path)) {
            throw new GuestFileException("guest file " + name + " is a directory; expected an ELF file");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new GuestFileException("guest file " + name + " is not a regular file; expected an ELF file");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new GuestFile(name, channel.size(), new byte[0], channel);
        } catch (NoSuchFileException e) {
            throw new GuestFileException("guest file " + name + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new GuestFileException("guest file " + name + " cannot be read: permission denied", e);
        } catch (IOException e) {
            throw new GuestFileException("guest file " + name + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /** As it stands in messages. */
    public String name() {
        return name;
    }

    /** Bytes. */
    public long size() {
        return size;
    }

    /** True if all of {@code [offset, offset + length)}, both taken as unsigned, lies in the file. */
    public boolean contains(long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    /**
     * Copies bytes of the file.
     *
     * @param what names the bytes in the message if they are not there
     * @throws GuestFileException if the range does not lie in the file, or the file cannot be read any more
     */
    public void read(long offset, byte[] target, int from, int length, String what) {
        if (!contains(offset, length)) {
            throw refuse(
                    offset,
                    what + " of " + length + " bytes ends past the end of the file",
                    "at most " + size + " bytes");
        }
        if (channel == null) {
            System.arraycopy(content, (int) offset, target, from, length);
        } else {
            readChannel(channel, offset, ByteBuffer.wrap(target, from, length));
        }
    }

    private void readChannel(FileChannel file, long offset, ByteBuffer target) {
        try {
            long at = offset;
            while (target.hasRemaining()) {
                int n = file.read(target, at);
                if (n < 0) {
                    throw refuse(at, "the file ended while it was read", size + " bytes, as when it was opened");
                }
                at += n;
            }
        } catch (IOException e) {
            throw new GuestFileException("guest file " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The one form of a refusal: which file, where in it, what is there, what was expected. */
    public GuestFileException refuse(long offset, String found, String expected) {
        return new GuestFileException(String.format(
                Locale.ROOT, "guest file %s, offset 0x%x: %s; expected %s", name, offset, found, expected));
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new GuestFileException("guest file " + name + " cannot be closed: " + e.getMessage(), e);
            }
        }
    }
}
