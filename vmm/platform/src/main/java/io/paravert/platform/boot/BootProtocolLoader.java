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
import java.util.List;
import java.util.Locale;

/**
 * Starts a bzImage at its 64-bit entry (Linux, Documentation/arch/x86/boot.rst, "64-bit Boot Protocol"): the kernel unpacks
 * itself. RSI holds boot_params, which has the setup header, the memory map and the addresses of the rest.
 */
final class BootProtocolLoader implements GuestLoader {
    /** Free low memory ({@link LowMemory}). */
    private static final long BOOT_PARAMS = 0x7000;

    private static final int BOOT_PARAMS_BYTES = 4096;
    private static final int ACPI_RSDP = 0x070;
    private static final int E820_ENTRIES = 0x1e8;
    private static final int E820_TABLE = 0x2d0;
    private static final int E820_ENTRY_BYTES = 20;
    /** "Undefined": a loader without a number of its own. */
    private static final byte LOADER_TYPE = (byte) 0xff;

    private static final int ENTRY_64 = 0x200;
    private static final int RSI = 6;

    private final GuestFile kernel;
    private final SetupHeader header;
    private final BootRequest request;

    BootProtocolLoader(GuestFile kernel, SetupHeader header, BootRequest request) {
        this.kernel = kernel;
        this.header = header;
        this.request = request;
        if (request.modules().size() > 1) {
            throw new GuestFileException(request.modules().size() + " modules for " + kernel.name()
                    + ": a Linux kernel takes one initial RAM disk");
        }
        request.requireCommandLine(header.commandLineBytes(), kernel.name());
    }

    @Override
    public GuestEntry load(GuestMemory memory, BootFacts facts) {
        long base = header.preferredAddress();
        long needed = Math.max(header.initBytes(), header.kernelBytes());
        if (base < Gpa.LOAD_MIN || !memory.isRam(base, needed)) {
            throw new GuestFileException(String.format(
                    Locale.ROOT,
                    "kernel %s needs 0x%x bytes of memory at 0x%x; give the guest more than %d MiB",
                    kernel.name(),
                    needed,
                    base,
                    (base + needed >> 20) + 1));
        }
        ModuleSpace.copy(kernel, header.kernelOffset(), header.kernelBytes(), memory, base);
        ByteBuffer params = ByteBuffer.allocate(BOOT_PARAMS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        params.put(SetupHeader.SETUP_SECTS, header.forBootParams());
        params.put(SetupHeader.TYPE_OF_LOADER, LOADER_TYPE);
        putCommandLine(params, memory);
        putInitrd(params, memory, base + needed);
        params.putLong(ACPI_RSDP, request.firmware().write(memory, facts));
        putMemoryMap(params, LowMemory.map(memory));
        memory.write(BOOT_PARAMS, params.array(), 0, BOOT_PARAMS_BYTES);
        EntryState.writeTables(memory);
        CpuState state = EntryState.of(EntryMode.LONG, base + ENTRY_64);
        state.general[RSI] = BOOT_PARAMS;
        return new GuestEntry(
                state, String.format(Locale.ROOT, "%s by the 64-bit boot protocol at 0x%x", kernel.name(), state.rip));
    }

    private void putCommandLine(ByteBuffer params, GuestMemory memory) {
        byte[] line = request.terminatedCommandLine();
        memory.write(Gpa.COMMAND_LINE, line, 0, line.length);
        params.putInt(SetupHeader.CMD_LINE_PTR, (int) Gpa.COMMAND_LINE);
    }

    private void putInitrd(ByteBuffer params, GuestMemory memory, long kernelEnd) {
        for (GuestFile module : request.modules()) {
            var placed = new ModuleSpace(memory, kernelEnd, header.initrdEnd()).place(module);
            params.putInt(SetupHeader.RAMDISK_IMAGE, (int) placed.base());
            params.putInt(SetupHeader.RAMDISK_SIZE, (int) placed.bytes());
        }
    }

    private static void putMemoryMap(ByteBuffer params, List<LowMemory.Range> map) {
        params.put(E820_ENTRIES, (byte) map.size());
        for (int i = 0; i < map.size(); i++) {
            int at = E820_TABLE + i * E820_ENTRY_BYTES;
            params.putLong(at, map.get(i).base());
            params.putLong(at + 8, map.get(i).end() - map.get(i).base());
            params.putInt(at + 16, map.get(i).type());
        }
    }
}
