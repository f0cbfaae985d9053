package io.paravert.vmm.crash;

import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestMemoryView;
import io.paravert.vmm.engine.CpuState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The translation of one linear address as the processor would do it, step by step, and where it ended. The walk sets no
 * accessed or dirty bits.
 *
 * @param linear the address
 * @param mode paging mode it was made in
 * @param steps entries read, from the root on
 * @param result how it ended
 * @param physical guest-physical address if {@code result} is {@link Result#MAPPED}; otherwise where it broke: the address of the
 *     entry, or the linear address
 * @param pageBytes size of the page if mapped by one; 0 otherwise
 */
public record PageWalk(long linear, PagingMode mode, List<Step> steps, Result result, long physical, long pageBytes) {

    private static final long PRESENT = 1;
    private static final long PAGE_SIZE = 1L << 7;
    private static final long NO_EXECUTE = 1L << 63;
    private static final long CR4_PSE = 1L << 4;
    private static final long EFER_NXE = 1L << 11;
    /** Bits 51 to 12: where an 8-byte entry holds an address (AMD APM vol. 2, 5.3 and 5.4). */
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    public PageWalk {
        steps = List.copyOf(steps);
    }

    /** How a walk ended. */
    public enum Result {
        MAPPED("mapped"),
        NOT_PRESENT("not present"),
        NOT_MEMORY("the entry lies outside guest memory"),
        RESERVED("reserved bits are set in the entry"),
        OUT_OF_REACH("not an address of this mode");

        private final String title;

        Result(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /**
     * One entry.
     *
     * @param name PML4E, PDPTE, PDE, PTE
     * @param address guest-physical address of the entry
     * @param value what stands there; 0 if it is not guest memory
     */
    public record Step(String name, long address, long value) {
        /** The entry's flag bits by name, such as {@code P RW US}. */
        public String flags() {
            return FlagNames.PAGE_ENTRY.format(value);
        }
    }

    /** Walks the tables that the state's CR3 names. Never throws for what the tables contain. */
    public static PageWalk of(GuestMemoryView memory, CpuState state, long linear) {
        PagingMode mode = PagingMode.of(state);
        if (!mode.reaches(linear)) {
            return new PageWalk(linear, mode, List.of(), Result.OUT_OF_REACH, linear, 0);
        }
        if (mode == PagingMode.NONE) {
            return new PageWalk(linear, mode, List.of(), Result.MAPPED, linear, 0);
        }
        return new Walker(memory, mode, state, linear).walk(rootOf(mode, state.cr3));
    }

    private static long rootOf(PagingMode mode, long cr3) {
        return switch (mode) {
            case LEGACY -> cr3 & 0xffff_f000L;
            case PAE -> cr3 & 0xffff_ffe0L;
            default -> cr3 & ADDRESS;
        };
    }

    /** True if the address has a page and the page is guest memory's concern. */
    public boolean mapped() {
        return result == Result.MAPPED;
    }

    /** One line: the address, how it is translated, and to what. */
    public String summary() {
        String end = mapped()
                ? String.format(Locale.ROOT, "0x%x", physical)
                : result.title() + (steps.isEmpty() ? "" : " (" + last().name() + ")");
        String page = pageBytes == 0 ? "" : ", page of " + (pageBytes >>> 10) + " KiB";
        return String.format(Locale.ROOT, "0x%x -> %s (%s%s)", linear, end, mode.title(), page);
    }

    private Step last() {
        return steps.get(steps.size() - 1);
    }

    private static final class Walker {
        private final GuestMemoryView memory;
        private final PagingMode mode;
        private final long linear;
        private final boolean largePages;
        private final long reserved;
        private final List<Step> steps = new ArrayList<>();

        Walker(GuestMemoryView memory, PagingMode mode, CpuState state, long linear) {
            this.memory = memory;
            this.mode = mode;
            this.linear = linear;
            this.largePages = (state.cr4 & CR4_PSE) != 0;
            this.reserved = (state.efer & EFER_NXE) == 0 ? NO_EXECUTE : 0;
        }

        PageWalk walk(long root) {
            long table = root;
            for (int level = mode.levels; level > 0; level--) {
                int index = (int) (linear >>> mode.shift(level)) & ((1 << mode.indexBits) - 1);
                long address = table + (long) index * mode.entryBytes;
                long entry;
                try {
                    entry = mode.entryBytes == Integer.BYTES
                            ? Integer.toUnsignedLong(memory.getInt(address))
                            : memory.getLong(address);
                } catch (GuestAddressException e) {
                    steps.add(new Step(mode.entryName(level), address, 0));
                    return end(Result.NOT_MEMORY, address, 0);
                }
                steps.add(new Step(mode.entryName(level), address, entry));
                if ((entry & PRESENT) == 0) {
                    return end(Result.NOT_PRESENT, address, 0);
                }
                if ((entry & reserved) != 0) {
                    return end(Result.RESERVED, address, 0);
                }
                if (isPage(level, entry)) {
                    return page(level, entry, address);
                }
                table = entry & ADDRESS;
            }
            throw new AssertionError("level 1 is always a page");
        }

        private boolean isPage(int level, long entry) {
            if (level == 1) {
                return true;
            }
            boolean sized = (entry & PAGE_SIZE) != 0;
            return switch (mode) {
                case LEGACY -> sized && largePages;
                case PAE -> sized && level == 2;
                // At level 4 and above the bit is reserved; page() says so.
                default -> sized;
            };
        }

        private PageWalk page(int level, long entry, long address) {
            long bytes = 1L << mode.shift(level);
            if (level > 3) {
                return end(Result.RESERVED, address, 0);
            }
            long base = entry & ADDRESS;
            if (mode == PagingMode.LEGACY && level == 2) {
                // PSE-36: bits 20-13 of the entry are bits 39-32 of the address (AMD APM vol. 2, 5.2.2).
                base = (entry & 0xffc0_0000L) | (entry >>> 13 & 0xff) << 32;
            } else if (level > 1) {
                // Bit 12 is PAT in a large page, the bits from 13 to its size are reserved.
                if ((base & (bytes - 1) & ~0x1fffL) != 0) {
                    return end(Result.RESERVED, address, 0);
                }
                base &= -bytes;
            }
            return end(Result.MAPPED, base | linear & (bytes - 1), bytes);
        }

        private PageWalk end(Result result, long physical, long pageBytes) {
            return new PageWalk(linear, mode, steps, result, physical, pageBytes);
        }
    }
}
