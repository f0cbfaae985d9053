package io.paravert.soft.translator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes listings of regions into a folder, one file each, up to a number. Any thread. */
public final class RegionDump {
    /** A guest that makes code for ever must not fill the disk. */
    private static final int MOST_FILES = 5000;

    private final Path folder;
    private final AtomicInteger next = new AtomicInteger(1);

    /** @throws UncheckedIOException if the folder is not there and cannot be made */
    public RegionDump(Path folder) {
        try {
            this.folder = Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for regions: " + e, e);
        }
    }

    void write(RegionListing listing, RegionPlan plan, int classBytes) {
        long rip = plan.blocks().get(0).rip;
        int number = next.getAndIncrement();
        if (number > MOST_FILES) {
            return;
        }
        Path file = folder.resolve(String.format("region-%04d-%x.txt", number, rip));
        String text = String.format(
                "region %d, entered at 0x%x, a class of %d bytes%n%nguest code, block by block%n%n%s%n"
                        + "guest code, and the bytecode that it became%n%s",
                number, rip, classBytes, listing.guestText(plan), listing.text(plan));
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("the region cannot be written to " + file + ": " + e, e);
        }
    }
}
