package io.paravert.vmm.boot;

import io.paravert.abi.AbiVersion;
import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.BootMagic;
import io.paravert.abi.BootModuleLayout;
import io.paravert.abi.CpuidLeaf;
import io.paravert.abi.DeviceLayout;
import io.paravert.abi.Gpa;
import io.paravert.abi.MemoryRangeLayout;
import io.paravert.abi.Port;
import io.paravert.abi.Pvh;
import io.paravert.abi.PvhStartInfoLayout;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.DeviceEntry;
import io.paravert.vmm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes what a guest reads at its start: the boot-info page, PVH's {@code hvm_start_info}, the command line. */
final class BootPages {
    private static final int PAGE = GuestMemory.PAGE;

    /** A file that was loaded beside the guest. */
    record Module(long base, long bytes) {}

    private final GuestMemory memory;
    private final BootFacts facts;
    private final List<LowMemory.Range> map;
    private final List<Module> modules;
    private final int commandLineBytes;

    BootPages(GuestMemory memory, BootFacts facts, byte[] commandLine, List<Module> modules) {
        this.memory = memory;
        this.facts = facts;
        this.map = LowMemory.map(memory);
        this.modules = modules;
        this.commandLineBytes = commandLine.length;
        memory.write(Gpa.COMMAND_LINE, commandLine, 0, commandLine.length);
    }

    void write() {
        writeStartInfo();
        writeBootInfo();
    }

    private long commandLine() {
        return commandLineBytes == 0 ? 0 : Gpa.COMMAND_LINE;
    }

    private void writeStartInfo() {
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        int mapAt = PvhStartInfoLayout.SIZE;
        int modulesAt = mapAt + map.size() * MemoryRangeLayout.SIZE;
        PvhStartInfoLayout.magic(page, 0, Pvh.MAGIC);
        PvhStartInfoLayout.version(page, 0, Pvh.VERSION);
        PvhStartInfoLayout.moduleCount(page, 0, modules.size());
        PvhStartInfoLayout.modules(page, 0, modules.isEmpty() ? 0 : Gpa.PVH_START_INFO + modulesAt);
        PvhStartInfoLayout.commandLine(page, 0, commandLine());
        PvhStartInfoLayout.memoryMap(page, 0, Gpa.PVH_START_INFO + mapAt);
        PvhStartInfoLayout.memoryMapCount(page, 0, map.size());
        putMap(page, mapAt);
        putModules(page, modulesAt);
        memory.write(Gpa.PVH_START_INFO, page.array(), 0, PAGE);
    }

    private void writeBootInfo() {
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        putAbi(page);
        putMachine(page);
        int mapAt = BootInfoLayout.SIZE;
        int modulesAt = mapAt + map.size() * MemoryRangeLayout.SIZE;
        int devicesAt = modulesAt + modules.size() * BootModuleLayout.SIZE;
        int devices = Math.min(facts.devices().size(), (PAGE - devicesAt) / DeviceLayout.SIZE);
        BootInfoLayout.memoryMapOffset(page, 0, mapAt);
        BootInfoLayout.memoryMapCount(page, 0, map.size());
        BootInfoLayout.memoryMapEntryBytes(page, 0, MemoryRangeLayout.SIZE);
        BootInfoLayout.moduleOffset(page, 0, modulesAt);
        BootInfoLayout.moduleCount(page, 0, modules.size());
        BootInfoLayout.moduleEntryBytes(page, 0, BootModuleLayout.SIZE);
        BootInfoLayout.deviceOffset(page, 0, devicesAt);
        BootInfoLayout.deviceCount(page, 0, devices);
        BootInfoLayout.deviceEntryBytes(page, 0, DeviceLayout.SIZE);
        putMap(page, mapAt);
        putModules(page, modulesAt);
        for (int i = 0; i < devices; i++) {
            putDevice(page, devicesAt + i * DeviceLayout.SIZE, facts.devices().get(i));
        }
        memory.write(Gpa.BOOT_INFO, page.array(), 0, PAGE);
    }

    private void putAbi(ByteBuffer page) {
        BootInfoLayout.magic(page, 0, BootMagic.MAGIC);
        BootInfoLayout.version(page, 0, AbiVersion.VALUE);
        BootInfoLayout.bytes(page, 0, BootInfoLayout.SIZE);
        BootInfoLayout.features(page, 0, facts.features());
        BootInfoLayout.transports(page, 0, facts.transports());
        BootInfoLayout.transport(page, 0, facts.transport());
        BootInfoLayout.cpuidBase(page, 0, CpuidLeaf.BASE_FIRST);
        BootInfoLayout.callPort(page, 0, Port.CALL);
        BootInfoLayout.fastPort(page, 0, Port.FAST);
        BootInfoLayout.ringDoorbellPort(page, 0, Port.RING_DOORBELL);
        BootInfoLayout.hypercallPage(page, 0, Gpa.HYPERCALL_PAGE);
        BootInfoLayout.callPages(page, 0, Gpa.CALL_PAGES);
        BootInfoLayout.doorbell(page, 0, Gpa.DOORBELL);
        BootInfoLayout.clockPage(page, 0, Gpa.CLOCK_PAGE);
        BootInfoLayout.eventArea(page, 0, Gpa.EVENT_AREA);
    }

    private void putMachine(ByteBuffer page) {
        BootInfoLayout.commandLine(page, 0, commandLine());
        BootInfoLayout.commandLineBytes(page, 0, Math.max(0, commandLineBytes - 1));
        BootInfoLayout.vcpuCount(page, 0, facts.vcpus());
        BootInfoLayout.memoryBytes(page, 0, facts.ramBytes());
        BootInfoLayout.tscKhz(page, 0, facts.tscKilohertz());
        BootInfoLayout.apicKhz(page, 0, facts.apicKilohertz());
        BootInfoLayout.pvhStartInfo(page, 0, Gpa.PVH_START_INFO);
        BootInfoLayout.guestNumber(page, 0, facts.guestNumber());
    }

    private void putMap(ByteBuffer page, int at) {
        for (int i = 0; i < map.size(); i++) {
            LowMemory.Range range = map.get(i);
            int entry = at + i * MemoryRangeLayout.SIZE;
            MemoryRangeLayout.base(page, entry, range.base());
            MemoryRangeLayout.bytes(page, entry, range.end() - range.base());
            MemoryRangeLayout.type(page, entry, range.type());
        }
    }

    private void putModules(ByteBuffer page, int at) {
        for (int i = 0; i < modules.size(); i++) {
            int entry = at + i * BootModuleLayout.SIZE;
            BootModuleLayout.base(page, entry, modules.get(i).base());
            BootModuleLayout.bytes(page, entry, modules.get(i).bytes());
        }
    }

    private static void putDevice(ByteBuffer page, int at, DeviceEntry device) {
        DeviceLayout.type(page, at, device.type());
        DeviceLayout.number(page, at, device.number());
        DeviceLayout.paths(page, at, device.paths());
        DeviceLayout.flags(page, at, device.flags());
        DeviceLayout.gsi(page, at, device.gsi());
        DeviceLayout.port(page, at, device.port());
        DeviceLayout.ports(page, at, device.ports());
        DeviceLayout.mmio(page, at, device.mmio());
        DeviceLayout.mmioBytes(page, at, device.mmioBytes());
        DeviceLayout.parameter(page, at, device.parameter());
        for (int i = 0; i < Long.BYTES; i++) {
            page.put(at + DeviceLayout.ADDRESS_OFFSET + i, (byte) (device.address() >>> Byte.SIZE * i));
        }
        byte[] name = device.name().getBytes(StandardCharsets.US_ASCII);
        page.put(at + DeviceLayout.NAME_OFFSET, name, 0, Math.min(name.length, Long.BYTES));
    }
}
