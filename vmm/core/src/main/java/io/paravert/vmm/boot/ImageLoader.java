package io.paravert.vmm.boot;

import io.paravert.abi.Gpa;
import io.paravert.abi.Limit;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.GuestLoader;
import io.paravert.vmm.VmException;
import io.paravert.vmm.memory.GuestMemory;
import io.paravert.vmm.memory.MemoryRegion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Puts a guest image into memory with all that it finds there at its start. One loader serves one VM at a time; it closes
 * neither image nor modules.
 */
public final class ImageLoader implements GuestLoader {
    /** What PVH's page has room for beside its memory map, and far more than anyone loads. */
    private static final int MAX_MODULES = 64;

    private static final int COPY_BYTES = 1 << 16;
    private static final long REAL_MODE_END = 0x10000;
    private static final long PROTECTED_MODE_END = 1L << 32;

    private final GuestImage image;
    private final byte[] commandLine;
    private final List<GuestFile> modules;

    /** A guest without command line and modules. */
    public ImageLoader(GuestImage image) {
        this(image, "", List.of());
    }

    /**
     * @param commandLine at most 4095 bytes as UTF-8, without NUL; may be empty
     * @param modules files placed beside the guest, the first being the initial RAM disk
     * @throws VmException if the command line is too long or there are too many modules
     */
    public ImageLoader(GuestImage image, String commandLine, List<GuestFile> modules) {
        this.image = image;
        this.commandLine = terminated(commandLine);
        this.modules = List.copyOf(modules);
        if (modules.size() > MAX_MODULES) {
            throw new VmException(modules.size() + " modules: give at most " + MAX_MODULES);
        }
    }

    private static byte[] terminated(String commandLine) {
        byte[] text = commandLine.getBytes(StandardCharsets.UTF_8);
        if (text.length > Limit.COMMAND_LINE_BYTES) {
            throw new VmException(
                    "guest command line of " + text.length + " bytes: give at most " + Limit.COMMAND_LINE_BYTES);
        }
        if (commandLine.indexOf('\0') >= 0) {
            throw new VmException("guest command line contains a NUL character; leave it out");
        }
        return text.length == 0 ? text : Arrays.copyOf(text, text.length + 1);
    }

    /** @throws GuestFileException if the image does not fit into this memory */
    @Override
    public GuestEntry load(GuestMemory memory, BootFacts facts) {
        refuseEntryOutOfReach();
        for (GuestSegment segment : image.segments()) {
            refuseMisplaced(segment, memory);
        }
        for (GuestSegment segment : image.segments()) {
            // RAM is zero already: what follows a segment's bytes need not be touched, and the host need not back it.
            copy(segment.file(), segment.fileOffset(), segment.fileBytes(), memory, segment.gpa());
        }
        new BootPages(memory, facts, commandLine, loadModules(memory)).write();
        EntryState.writeTables(memory);
        return new GuestEntry(EntryState.of(image.mode(), image.entry()), describe());
    }

    private void refuseEntryOutOfReach() {
        long end = switch (image.mode()) {
            case REAL -> REAL_MODE_END;
            case PROTECTED, PVH, LONG -> PROTECTED_MODE_END;
        };
        if (image.entry() >= end) {
            throw new GuestFileException(String.format(
                    Locale.ROOT,
                    "guest %s is entered at 0x%x; expected an address below 0x%x for %s entry",
                    image.name(),
                    image.entry(),
                    end,
                    image.mode().name().toLowerCase(Locale.ROOT)));
        }
    }

    private static void refuseMisplaced(GuestSegment segment, GuestMemory memory) {
        String found = "loads at " + GuestSegment.range(segment.gpa(), segment.end());
        if (!memory.contains(segment.gpa(), segment.memoryBytes())) {
            throw segment.refuse(
                    found, "it within the guest's RAM, " + ram(memory) + "; give more memory or link it lower");
        }
        for (LowMemory.Range pages : LowMemory.monitorPages()) {
            if (segment.gpa() < pages.end() && pages.base() < segment.end()) {
                throw segment.refuse(
                        found,
                        "it outside the monitor's pages " + GuestSegment.range(pages.base(), pages.end())
                                + "; link it to " + String.format(Locale.ROOT, "0x%x", Gpa.LOAD_MIN) + " or above");
            }
        }
    }

    private static String ram(GuestMemory memory) {
        StringBuilder text = new StringBuilder();
        for (MemoryRegion region : memory.regions()) {
            text.append(text.isEmpty() ? "" : " and ").append(GuestSegment.range(region.gpa(), region.end()));
        }
        return text.toString();
    }

    /** Places the modules at the top of the RAM below 4 GiB, the first one highest. */
    private List<BootPages.Module> loadModules(GuestMemory memory) {
        List<BootPages.Module> placed = new ArrayList<>();
        long end = memory.regions().get(0).end();
        for (GuestFile module : modules) {
            long base = end - module.size() & -GuestMemory.PAGE;
            if (module.size() > end || base < lowestFree()) {
                throw new GuestFileException(String.format(
                        Locale.ROOT,
                        "module %s of 0x%x bytes does not fit between the guest's end at 0x%x and 0x%x; "
                                + "give the guest more memory",
                        module.name(),
                        module.size(),
                        lowestFree(),
                        end));
            }
            copy(module, 0, module.size(), memory, base);
            placed.add(new BootPages.Module(base, module.size()));
            end = base;
        }
        return placed;
    }

    private long lowestFree() {
        long free = Gpa.LOAD_MIN;
        for (GuestSegment segment : image.segments()) {
            free = segment.gpa() < Gpa.RAM_GAP_START ? Math.max(free, segment.end()) : free;
        }
        return free;
    }

    private static void copy(GuestFile file, long offset, long bytes, GuestMemory memory, long gpa) {
        byte[] buffer = new byte[(int) Math.min(bytes, COPY_BYTES)];
        for (long done = 0; done < bytes; ) {
            int length = (int) Math.min(bytes - done, buffer.length);
            file.read(offset + done, buffer, 0, length, "segment");
            memory.write(gpa + done, buffer, 0, length);
            done += length;
        }
    }

    private String describe() {
        return String.format(
                Locale.ROOT, "%s, entered in %s mode at 0x%x", image.name(), modeName(image.mode()), image.entry());
    }

    private static String modeName(EntryMode mode) {
        return switch (mode) {
            case REAL -> "real";
            case PROTECTED -> "32-bit protected";
            case PVH -> "32-bit protected (PVH)";
            case LONG -> "64-bit";
        };
    }
}
