package io.paravert.platform.boot;

import io.paravert.abi.Gpa;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.GuestLoader;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.EntryState;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestFileException;
import io.paravert.vmm.boot.LowMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Starts a multiboot 1 kernel (Multiboot Specification 0.6.96, 3.2 and 3.3). */
final class MultibootLoader implements GuestLoader {
    private static final int LOADER_MAGIC = 0x2bad_b002;
    private static final int RAX = 0;
    private static final int RBX = 3;

    /** The information structure and what it refers to: in free low memory ({@link LowMemory}). */
    private static final long INFO = 0x7000;

    private static final int INFO_SPACE = 0x9000;
    private static final int INFO_BYTES = 116;
    private static final int MODULE_BYTES = 16;
    private static final int MAP_ENTRY_BYTES = 24;

    private static final int HAS_MEMORY = 1;
    private static final int HAS_COMMAND_LINE = 1 << 2;
    private static final int HAS_MODULES = 1 << 3;
    private static final int HAS_MAP = 1 << 6;
    private static final int HAS_LOADER_NAME = 1 << 9;
    private static final long LOWER_END = 0xa0000;

    /** KiB of memory below 640 KiB, in the BIOS data area (IBM PS/2 and PC BIOS Interface Technical Reference, 40:13). */
    private static final long BIOS_BASE_MEMORY = 0x413;

    private final GuestFile kernel;
    private final BootRequest request;
    private final List<LoadPiece> pieces;
    private final long entry;

    MultibootLoader(GuestFile kernel, MultibootHeader header, BootRequest request) {
        this.kernel = kernel;
        this.request = request;
        Optional<MultibootHeader.Addresses> addresses = header.addresses();
        if (addresses.isPresent()) {
            this.pieces = List.of(piece(header.at(), addresses.get()));
            this.entry = addresses.get().entry();
        } else {
            Elf32Kernel elf = Elf32Kernel.read(kernel);
            this.pieces = elf.pieces();
            this.entry = elf.entry();
        }
        if (pieces.stream().noneMatch(piece -> entry >= piece.gpa() && entry < piece.end())) {
            throw kernel.refuse(
                    header.at(),
                    String.format(Locale.ROOT, "the entry point 0x%x lies in nothing that is loaded", entry),
                    "one within the kernel");
        }
    }

    private LoadPiece piece(int at, MultibootHeader.Addresses addresses) {
        long offset = at - (addresses.header() - addresses.load());
        long bytes = addresses.loadEnd() == 0 ? kernel.size() - offset : addresses.loadEnd() - addresses.load();
        if (addresses.load() > addresses.header() || bytes <= 0 || !kernel.contains(offset, bytes)) {
            throw kernel.refuse(
                    at,
                    String.format(Locale.ROOT, "address fields that take 0x%x bytes from offset 0x%x", bytes, offset),
                    "them within the file's " + kernel.size() + " bytes; is it cut off?");
        }
        long memory = addresses.bssEnd() == 0 ? bytes : addresses.bssEnd() - addresses.load();
        if (memory < bytes) {
            throw kernel.refuse(at, "zeroes that end before the data does", "bss_end_addr behind load_end_addr");
        }
        return new LoadPiece(addresses.load(), memory, offset, bytes);
    }

    @Override
    public GuestEntry load(GuestMemory memory, BootFacts facts) {
        long end = Gpa.LOAD_MIN;
        for (LoadPiece piece : pieces) {
            if (piece.gpa() < Gpa.LOAD_MIN || !memory.isRam(piece.gpa(), piece.memoryBytes())) {
                throw new GuestFileException(String.format(
                        Locale.ROOT,
                        "kernel %s loads at [0x%x, 0x%x); expected RAM from 1 MiB on: give more memory or link it lower",
                        kernel.name(),
                        piece.gpa(),
                        piece.end()));
            }
            ModuleSpace.copy(kernel, piece.fileOffset(), piece.fileBytes(), memory, piece.gpa());
            end = Math.max(end, piece.end());
        }
        ModuleSpace space = new ModuleSpace(memory, end, Gpa.RAM_GAP_START);
        List<ModuleSpace.Module> modules = new ArrayList<>();
        request.modules().forEach(module -> modules.add(space.place(module)));
        request.firmware().write(memory, facts);
        writeInfo(memory, modules);
        EntryState.writeTables(memory);
        CpuState state = EntryState.of(EntryMode.PROTECTED, entry);
        state.general[RAX] = LOADER_MAGIC;
        state.general[RBX] = INFO;
        return new GuestEntry(state, String.format(Locale.ROOT, "%s by multiboot at 0x%x", kernel.name(), entry));
    }

    private void writeInfo(GuestMemory memory, List<ModuleSpace.Module> modules) {
        ByteBuffer info = ByteBuffer.allocate(INFO_SPACE).order(ByteOrder.LITTLE_ENDIAN);
        info.position(INFO_BYTES);
        info.putInt(0, HAS_MEMORY | HAS_COMMAND_LINE | HAS_MODULES | HAS_MAP | HAS_LOADER_NAME);
        info.putInt(4, (int) (LOWER_END >> 10));
        info.putInt(8, (int) (memory.regions().get(0).end() - Gpa.LOAD_MIN >> 10));
        info.putInt(16, string(info, request.commandLine()));
        info.putInt(64, string(info, "Paravert"));
        putModules(info, modules);
        putMap(info, LowMemory.map(memory));
        memory.write(INFO, info.array(), 0, info.position());
        // Multiboot is for machines that had a BIOS: some kernels take the end of low memory from its data, too.
        memory.putShort(BIOS_BASE_MEMORY, (short) (LOWER_END >> 10));
    }

    /** Appends a string; its address. */
    private static int string(ByteBuffer info, String text) {
        int at = info.position();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > info.remaining() / 2) {
            throw new GuestFileException("the module names together are too long; give fewer or shorter ones");
        }
        info.put(bytes).put((byte) 0);
        return (int) INFO + at;
    }

    private static void putModules(ByteBuffer info, List<ModuleSpace.Module> modules) {
        int[] names =
                modules.stream().mapToInt(module -> string(info, module.name())).toArray();
        info.position(info.position() + 3 & ~3);
        if (modules.size() > info.remaining() / 2 / MODULE_BYTES) {
            throw new GuestFileException(modules.size() + " modules: give fewer");
        }
        info.putInt(20, modules.size());
        info.putInt(24, (int) INFO + info.position());
        for (int i = 0; i < names.length; i++) {
            ModuleSpace.Module module = modules.get(i);
            info.putInt((int) module.base()).putInt((int) (module.base() + module.bytes()));
            info.putInt(names[i]).putInt(0);
        }
    }

    private static void putMap(ByteBuffer info, List<LowMemory.Range> map) {
        info.putInt(44, map.size() * MAP_ENTRY_BYTES);
        info.putInt(48, (int) INFO + info.position());
        for (LowMemory.Range range : map) {
            info.putInt(MAP_ENTRY_BYTES - 4);
            info.putLong(range.base()).putLong(range.end() - range.base()).putInt(range.type());
        }
    }
}
