package io.paravert.platform.boot;

import io.paravert.vmm.BootFacts;
import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.GuestLoader;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.memory.GuestMemory;
import java.util.Optional;

/**
 * Recognizes a kernel's format and loads it: a Linux bzImage (its payload by PVH, unpacked here, or the 64-bit entry), an ELF
 * file with a PVH note, or a multiboot 1 kernel. Used for one machine at a time; closes neither kernel nor modules.
 */
public final class KernelLoader implements GuestLoader {
    private static final int ELF_MAGIC = 0x464c_457f;
    private static final int ELF_CLASS_AT = 4;
    private static final int ELF_64 = 2;

    /** How a bzImage is started. */
    public enum Path {
        /** By PVH if its payload can be, else by the 64-bit entry. */
        AUTO,
        /** The payload is unpacked by the host and started by PVH. */
        PVH,
        /** The kernel unpacks itself. */
        BOOT_PROTOCOL
    }

    private final GuestLoader loader;

    /** @throws io.paravert.vmm.boot.GuestFileException if the file is none of these, or broken */
    public KernelLoader(GuestFile kernel, BootRequest request, Path path) {
        this.loader = choose(kernel, request, path);
    }

    private static GuestLoader choose(GuestFile kernel, BootRequest request, Path path) {
        if (SetupHeader.isPresent(kernel)) {
            return ofBzImage(kernel, request, path);
        }
        byte[] start = new byte[8];
        if (kernel.contains(0, start.length)) {
            kernel.read(0, start, 0, start.length, "magic number");
        }
        boolean elf = magic(start) == ELF_MAGIC;
        if (elf && start[ELF_CLASS_AT] == ELF_64) {
            return ofElf(kernel, request);
        }
        Optional<MultibootHeader> multiboot = MultibootHeader.find(kernel);
        if (multiboot.isPresent()) {
            return new MultibootLoader(kernel, multiboot.get(), request);
        }
        throw kernel.refuse(
                0,
                elf
                        ? "a 32-bit ELF file without a multiboot header"
                        : String.format("a file of %d bytes that starts with %08x", kernel.size(), magic(start)),
                "a Linux bzImage or vmlinux for x86-64, an ELF file with a PVH note, or a multiboot 1 kernel");
    }

    private static int magic(byte[] start) {
        return (start[0] & 0xff) | (start[1] & 0xff) << 8 | (start[2] & 0xff) << 16 | (start[3] & 0xff) << 24;
    }

    private static GuestLoader ofBzImage(GuestFile kernel, BootRequest request, Path path) {
        SetupHeader header = SetupHeader.read(kernel);
        if (path != Path.BOOT_PROTOCOL) {
            Optional<byte[]> payload = CompressedPayload.unpack(kernel, header);
            if (payload.isPresent() && isElf64(payload.get())) {
                request.requireCommandLine(header.commandLineBytes(), kernel.name());
                GuestImage image = GuestImage.parse(GuestFile.of(kernel.name() + " (unpacked)", payload.get()));
                if (image.mode() == EntryMode.PVH) {
                    return new PvhLoader(image, request);
                }
            }
            if (path == Path.PVH) {
                throw kernel.refuse(
                        SetupHeader.PAYLOAD_OFFSET,
                        "no payload that has a PVH entry",
                        "a kernel with CONFIG_PVH, or another way to start it");
            }
        }
        return new BootProtocolLoader(kernel, header, request);
    }

    private static boolean isElf64(byte[] payload) {
        return payload.length > ELF_CLASS_AT && magic(payload) == ELF_MAGIC && payload[ELF_CLASS_AT] == ELF_64;
    }

    private static GuestLoader ofElf(GuestFile kernel, BootRequest request) {
        GuestImage image = GuestImage.parse(kernel);
        if (image.mode() != EntryMode.PVH) {
            throw kernel.refuse(
                    0, "an ELF file without a PVH note", "a kernel with CONFIG_PVH; or start it with run FILE");
        }
        return new PvhLoader(image, request);
    }

    @Override
    public GuestEntry load(GuestMemory memory, BootFacts facts) {
        return loader.load(memory, facts);
    }
}
