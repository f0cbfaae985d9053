package io.paravert.vmm.boot;

import io.paravert.abi.Gpa;
import io.paravert.abi.MemoryType;
import io.paravert.vmm.memory.GuestMemory;
import io.paravert.vmm.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.List;

/**
 * What lies where below 1 MiB, as the ABI has it ({@code docs/abi.md}, "Entry and the boot-info page").
 *
 * <pre>
 *   0x00000  page 0, left alone (a real-mode guest has its interrupt vectors there)
 *   0x01000  the monitor's: boot GDT, command line, PVH start info, hypercall page, clock page, boot info
 *   0x07000  the guest's
 *   0x10000  the monitor's: boot page tables, event area, call pages
 *   0x60000  the guest's
 *   0xa0000  nobody's: where a PC has its screen and its firmware
 *   1 MiB    the guest's
 * </pre>
 */
public final class LowMemory {
    private static final long FIRST_FREE = 0x7000;
    private static final long TABLES = Gpa.BOOT_PAGE_TABLES;
    private static final long SECOND_FREE = 0x60000;
    private static final long LEGACY = 0xa0000;

    private LowMemory() {}

    /**
     * One entry of the memory map.
     *
     * @param end first address behind it
     * @param type MemoryType of the ABI
     */
    public record Range(long base, long end, int type) {}

    /** The monitor's own pages, which no segment of a guest may touch. */
    public static List<Range> monitorPages() {
        return List.of(
                new Range(Gpa.BOOT_GDT, FIRST_FREE, MemoryType.RESERVED),
                new Range(TABLES, SECOND_FREE, MemoryType.RESERVED));
    }

    /** The whole memory map, sorted, without overlap. */
    public static List<Range> map(GuestMemory memory) {
        List<Range> map = new ArrayList<>();
        map.add(new Range(0, FIRST_FREE, MemoryType.RESERVED));
        map.add(new Range(FIRST_FREE, TABLES, MemoryType.RAM));
        map.add(new Range(TABLES, SECOND_FREE, MemoryType.RESERVED));
        map.add(new Range(SECOND_FREE, LEGACY, MemoryType.RAM));
        map.add(new Range(LEGACY, Gpa.LOAD_MIN, MemoryType.RESERVED));
        for (MemoryRegion region : memory.regions()) {
            long base = Math.max(region.gpa(), Gpa.LOAD_MIN);
            if (base < region.end()) {
                map.add(new Range(base, region.end(), MemoryType.RAM));
            }
        }
        return map;
    }
}
