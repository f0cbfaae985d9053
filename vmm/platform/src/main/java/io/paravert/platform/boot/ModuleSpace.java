package io.paravert.platform.boot;

import io.paravert.abi.Gpa;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestFileException;
import io.paravert.vmm.memory.GuestMemory;
import java.util.Locale;

/** Places files beside a kernel, from the top of low RAM downwards, each on a page of its own. */
final class ModuleSpace {
    private static final int COPY_BYTES = 1 << 16;

    /** Where a file lies. */
    record Module(long base, long bytes, String name) {}

    private final GuestMemory memory;
    private final long lowest;
    private long end;

    /**
     * @param lowest first address behind the kernel
     * @param limit first address behind what the kernel can reach
     */
    ModuleSpace(GuestMemory memory, long lowest, long limit) {
        this.memory = memory;
        this.lowest = Math.max(lowest, Gpa.LOAD_MIN);
        this.end = Math.min(memory.regions().get(0).end(), limit) & -GuestMemory.PAGE;
    }

    /** @throws GuestFileException if it does not fit */
    Module place(GuestFile module) {
        long base = end - module.size() & -GuestMemory.PAGE;
        if (module.size() > end || base < lowest) {
            throw new GuestFileException(String.format(
                    Locale.ROOT,
                    "%s of %d bytes does not fit between the kernel's end at 0x%x and 0x%x; give the guest more memory",
                    module.name(),
                    module.size(),
                    lowest,
                    end));
        }
        copy(module, 0, module.size(), memory, base);
        end = base;
        return new Module(base, module.size(), module.name());
    }

    /** Copies a part of a file into RAM, which is known to hold it. */
    static void copy(GuestFile file, long offset, long bytes, GuestMemory memory, long gpa) {
        byte[] buffer = new byte[(int) Math.min(bytes, COPY_BYTES)];
        for (long done = 0; done < bytes; ) {
            int length = (int) Math.min(bytes - done, buffer.length);
            file.read(offset + done, buffer, 0, length, "content");
            memory.write(gpa + done, buffer, 0, length);
            done += length;
        }
    }
}
