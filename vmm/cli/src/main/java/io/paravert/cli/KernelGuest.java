package io.paravert.cli;

import io.paravert.devices.block.FileStore;
import io.paravert.devices.block.VirtioBlock;
import io.paravert.devices.entropy.EntropyDevice;
import io.paravert.platform.PcBoard;
import io.paravert.platform.boot.BootRequest;
import io.paravert.platform.boot.KernelLoader;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.boot.GuestFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A kernel with the PC around it. Open while its machine is made; one thread. */
final class KernelGuest implements AutoCloseable {
    private final PcBoard board;
    private final List<GuestFile> files = new ArrayList<>();
    private final KernelLoader loader;

    /** @throws io.paravert.vmm.boot.GuestFileException if a file cannot be had, or is not what it should be */
    KernelGuest(KernelRequest request) {
        board = new PcBoard(request.bus());
        board.plug("rng0", new EntropyDevice());
        for (int i = 0; i < request.disks().size(); i++) {
            String id = "disk" + i;
            board.plug(id, new VirtioBlock(open(request.disks().get(i)), id));
        }
        try {
            files.add(GuestFile.open(request.kernel()));
            request.modules().forEach(module -> files.add(GuestFile.open(module)));
            BootRequest boot = new BootRequest(request.commandLine(), files.subList(1, files.size()), board.firmware());
            loader = new KernelLoader(files.get(0), boot, KernelLoader.Path.AUTO);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static FileStore open(Path disk) {
        try {
            return FileStore.open(disk, !Files.isWritable(disk));
        } catch (IllegalArgumentException e) {
            throw new GuestFileException("--disk " + disk + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Begins the configuration of its machine. */
    VmConfig.Builder configure() {
        VmConfig.Builder config = VmConfig.builder(loader);
        board.addTo(config);
        return config;
    }

    /** Joins the board to the machine; before it starts. */
    void connect(Vm vm) {
        board.connect(vm);
    }

    @Override
    public void close() {
        files.forEach(GuestFile::close);
        files.clear();
    }
}
