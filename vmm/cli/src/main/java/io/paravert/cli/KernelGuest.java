package io.paravert.cli;

import io.paravert.device.Device;
import io.paravert.devices.block.FileStore;
import io.paravert.devices.block.VirtioBlock;
import io.paravert.devices.console.ConsoleDevice;
import io.paravert.devices.entropy.EntropyDevice;
import io.paravert.platform.PcBoard;
import io.paravert.platform.boot.BootRequest;
import io.paravert.platform.boot.Firmware;
import io.paravert.platform.boot.KernelLoader;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A kernel with the PC around it. */
final class KernelGuest implements GuestMachine {
    private final GuestTarget target;
    private final PcBoard board;
    private final List<GuestFile> files = new ArrayList<>();
    private final KernelLoader loader;

    /** @throws io.paravert.vmm.boot.GuestFileException if a file cannot be had, or is not what it should be */
    KernelGuest(KernelRequest request) {
        target = GuestTarget.ofKernel(request.name());
        board = new PcBoard(request.bus());
        try {
            files.add(GuestFile.open(request.kernel()));
            request.modules().forEach(module -> files.add(GuestFile.open(module)));
            List<GuestFile> modules = files.subList(1, files.size());
            // The tables are of what is plugged in by the time the machine is loaded.
            Firmware firmware = (memory, facts) -> board.firmware().write(memory, facts);
            BootRequest boot = new BootRequest(request.commandLine(), modules, firmware);
            loader = new KernelLoader(files.get(0), boot, KernelLoader.Path.AUTO);
            plugDevices(request);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void plugDevices(KernelRequest request) {
        board.plug("rng0", new EntropyDevice());
        if (request.console() == KernelRequest.Console.VIRTIO) {
            VirtioTerminal terminal = new VirtioTerminal();
            ConsoleDevice device = new ConsoleDevice(List.of(new ConsoleDevice.Port("console", terminal)));
            board.plugTerminal("terminal", device, terminal);
        }
        for (int i = 0; i < request.disks().size(); i++) {
            String id = "disk" + i;
            board.plug(id, new VirtioBlock(open(request.disks().get(i)), id));
        }
    }

    @Override
    public GuestTarget target() {
        return target;
    }

    /** Takes the devices that a kernel finds by itself. */
    @Override
    public boolean plug(String name, Device device) {
        return board.plugVirtioOf(name, device);
    }

    private static FileStore open(Path disk) {
        try {
            return FileStore.open(disk, !Files.isWritable(disk));
        } catch (IllegalArgumentException e) {
            throw new GuestFileException("--disk " + disk + " cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public VmConfig.Builder configure() {
        VmConfig.Builder config = VmConfig.builder(loader);
        board.addTo(config);
        return config;
    }

    @Override
    public void connect(Vm vm) {
        board.connect(vm);
    }

    @Override
    public void close() {
        files.forEach(GuestFile::close);
        files.clear();
    }
}
