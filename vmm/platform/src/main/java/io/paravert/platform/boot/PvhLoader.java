package io.paravert.platform.boot;

import io.paravert.abi.Gpa;
import io.paravert.abi.PvhStartInfoLayout;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.GuestLoader;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.boot.ImageLoader;
import io.paravert.vmm.memory.GuestMemory;

/** Starts an ELF file by its PVH entry (Xen, docs/misc/pvh): what core loads, and the address of the ACPI tables. */
final class PvhLoader implements GuestLoader {
    private final ImageLoader images;
    private final Firmware firmware;

    PvhLoader(GuestImage image, BootRequest request) {
        this.images = new ImageLoader(image, request.commandLine(), request.modules());
        this.firmware = request.firmware();
    }

    @Override
    public GuestEntry load(GuestMemory memory, BootFacts facts) {
        GuestEntry entry = images.load(memory, facts);
        memory.putLong(Gpa.PVH_START_INFO + PvhStartInfoLayout.RSDP_OFFSET, firmware.write(memory, facts));
        return entry;
    }
}
