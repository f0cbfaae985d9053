package io.paravert.soft;

import io.paravert.platform.PcBoard;
import io.paravert.platform.boot.BootRequest;
import io.paravert.platform.boot.KernelLoader;
import io.paravert.soft.linux.DebianFiles;
import io.paravert.soft.linux.InitialRamDisk;
import io.paravert.soft.translator.Translator;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.GuestFile;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Linux boot in lockstep, {@code tools/lockstep-linux}: the translator with low thresholds leads, the interpreter follows, and both are
 * compared now and then: every {@link #INTERVAL} instructions, for {@link #WINDOW} of each {@link #PERIOD} wherever the translator leaves
 * its code, and every {@link #MEMORY} all of memory, too. Ends with status 1 if they differ.
 */
public final class LinuxInStep {
    private static final String INIT = """
            #!/bin/busybox sh
            /bin/busybox --install -s /bin
            mount -t proc proc /proc
            echo "digest $(sha256sum /bin/busybox | cut -d' ' -f1)"
            echo "sum $(seq 1 1000 | awk '{ s += $1 / 2 } END { print s }')"
            poweroff -f
            """;

    private static final long INTERVAL = 10_000;
    private static final long PERIOD = 10_000_000;
    private static final long WINDOW = 50_000;
    private static final long MEMORY = 50_000_000;

    private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("paravert.linux.seconds", 1200));

    private LinuxInStep() {}

    /** The machine that it made, to be asked for the outcome. */
    private static final class FollowedEngine implements Engine {
        private final SoftEngine soft = new SoftEngine();
        private final Translator.Settings settings;
        private final InStep.Sampling sampling;
        private FollowedMachine machine;

        FollowedEngine(Translator.Settings settings, InStep.Sampling sampling) {
            this.settings = settings;
            this.sampling = sampling;
        }

        @Override
        public String name() {
            return soft.name();
        }

        @Override
        public List<HypercallTransport> transports() {
            return soft.transports();
        }

        @Override
        public boolean usesVmmcall() {
            return soft.usesVmmcall();
        }

        @Override
        public long tscKilohertz() {
            return soft.tscKilohertz();
        }

        @Override
        public EngineMachine createMachine(MachineSpec spec) {
            machine = new FollowedMachine(spec, () -> new Translator(settings, Runnable::run), sampling);
            return machine;
        }

        @Override
        public void close() {}
    }

    /** @param args the translator's threshold, 100 if there is none, and the instructions between two points */
    public static void main(String[] args) throws Exception {
        int threshold = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        long interval = args.length > 1 ? Long.parseLong(args[1]) : INTERVAL;
        DebianFiles files = DebianFiles.find()
                .orElseThrow(() -> new IllegalStateException("no kernel: run tools/boot-linux --prepare"));
        byte[] archive = InitialRamDisk.ofBusybox(Files.readAllBytes(files.busybox()))
                .program("init", INIT.getBytes(StandardCharsets.US_ASCII))
                .bytes();
        FollowedEngine engine = new FollowedEngine(
                new Translator.Settings(threshold, 64, 150, 6), new InStep.Sampling(interval, PERIOD, WINDOW, MEMORY));
        VmOutcome outcome;
        try (GuestFile kernel = GuestFile.open(files.kernel())) {
            outcome = boot(engine, kernel, GuestFile.of("initrd", archive));
        }
        String difference = engine.machine.difference();
        System.out.println(outcome + ", " + engine.machine.points() + " points compared in "
                + engine.machine.instructions() + " instructions, at " + engine.machine.memories() + " all of memory, "
                + (difference.isEmpty() ? "no difference" : difference));
        System.exit(difference.isEmpty() && outcome instanceof VmOutcome.Shutdown ? 0 : 1);
    }

    private static VmOutcome boot(Engine engine, GuestFile kernel, GuestFile initrd) throws Exception {
        PcBoard board = new PcBoard(PcBoard.Bus.MMIO);
        BootRequest request = new BootRequest("console=ttyS0 panic=-1", List.of(initrd), board.firmware());
        VmConfig.Builder config = VmConfig.builder(new KernelLoader(kernel, request, KernelLoader.Path.AUTO))
                .name("linux")
                .memoryBytes(256L << 20)
                .vcpus(1)
                .timeout(LIMIT)
                .console((bytes, offset, length) -> {
                    System.out.write(bytes, offset, length);
                    System.out.flush();
                });
        board.addTo(config);
        Vertx vertx = Vertx.vertx();
        try (Vm vm = Vm.create(config.build(), vertx, engine)) {
            board.connect(vm);
            vm.start();
            return vm.ended().toCompletionStage().toCompletableFuture().get(LIMIT.toSeconds() + 30, TimeUnit.SECONDS);
        } finally {
            vertx.close();
        }
    }
}
