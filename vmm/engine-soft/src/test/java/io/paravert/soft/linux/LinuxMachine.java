package io.paravert.soft.linux;

import io.paravert.platform.PcBoard;
import io.paravert.platform.boot.BootRequest;
import io.paravert.platform.boot.KernelLoader;
import io.paravert.soft.SoftEngineProvider;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.engine.Engine;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A PC that boots a Linux kernel on the software engine, from its making on, and what it says on its console. */
final class LinuxMachine implements AutoCloseable {
    private static final long MEMORY = 512L << 20;
    private static final Duration LIMIT = Duration.ofMinutes(20);
    /** How the kernel is started; another way can be asked for. */
    private static final KernelLoader.Path ENTRY =
            KernelLoader.Path.valueOf(System.getProperty("paravert.linux.entry", "AUTO"));

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final Vertx vertx = Vertx.vertx();
    private final Engine engine = new SoftEngineProvider().open();
    private final GuestFile kernel;
    private final Vm vm;

    /**
     * @param more for the kernel's command line
     * @param devices plugs in what the machine has besides its board
     */
    LinuxMachine(
            PcBoard.Bus bus,
            String name,
            int vcpus,
            DebianFiles files,
            GuestFile initrd,
            String more,
            Consumer<PcBoard> devices) {
        kernel = GuestFile.open(files.kernel());
        PcBoard board = new PcBoard(bus);
        devices.accept(board);
        BootRequest request = new BootRequest("console=ttyS0 panic=-1 " + more, List.of(initrd), board.firmware());
        VmConfig.Builder config = VmConfig.builder(new KernelLoader(kernel, request, ENTRY))
                .name(name)
                .memoryBytes(MEMORY)
                .vcpus(vcpus)
                .timeout(LIMIT)
                .console(this::write);
        board.addTo(config);
        vm = Vm.create(config.build(), vertx, engine);
        board.connect(vm);
        vm.start();
    }

    private synchronized void write(byte[] bytes, int offset, int length) {
        console.write(bytes, offset, length);
        if (Boolean.getBoolean("paravert.linux.show")) {
            System.out.write(bytes, offset, length);
            System.out.flush();
        }
    }

    synchronized String console() {
        return console.toString(StandardCharsets.US_ASCII);
    }

    /** Waits until the machine has ended. */
    VmOutcome await(Duration limit) throws Exception {
        return vm.ended().toCompletionStage().toCompletableFuture().get(limit.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        vm.close();
        engine.close();
        kernel.close();
        vertx.close();
    }
}
