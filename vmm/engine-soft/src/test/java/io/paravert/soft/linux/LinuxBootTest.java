package io.paravert.soft.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Boots Debian's kernel to a busybox shell, which computes something and powers off. Needs what {@code tools/boot-linux --prepare}
 * fetches; skipped without.
 */
@Tag("linux")
class LinuxBootTest {
    private static final String INIT = """
            #!/bin/busybox sh
            /bin/busybox --install -s /bin
            mount -t proc proc /proc
            mount -t sysfs sys /sys
            mount -t devtmpfs dev /dev
            echo "processors $(grep -c ^processor /proc/cpuinfo)"
            echo "clock $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
            echo "digest $(sha256sum /bin/busybox | cut -d' ' -f1)"
            echo "sum $(seq 1 1000 | awk '{ s += $1 / 2 } END { print s }')"
            for i in 1 2 3 4; do (seq 1 500 | md5sum | cut -c1-8 | sed 's/^/job /') & done
            wait
            echo "done $(cat /proc/uptime)"
            poweroff -f
            """;

    private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("paravert.linux.seconds", 600));

    @ParameterizedTest
    @ValueSource(ints = 4)
    void shouldBootToAShellThatPowersOff(int vcpus) throws Exception {
        Optional<DebianFiles> files = DebianFiles.find();
        assumeTrue(files.isPresent(), "no kernel in " + DebianFiles.cache() + ": run tools/boot-linux --prepare");
        byte[] busybox = Files.readAllBytes(files.get().busybox());
        ByteArrayOutputStream console = new ByteArrayOutputStream();

        VmOutcome outcome;
        try (GuestFile kernel = GuestFile.open(files.get().kernel())) {
            outcome = boot(vcpus, kernel, ramDisk(busybox), console);
        }

        String text = console.toString(StandardCharsets.US_ASCII);
        assertThat(outcome).as(text).isEqualTo(new VmOutcome.Shutdown(0, false));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(busybox);
        assertThat(text)
                .contains("processors " + vcpus)
                .contains("digest " + HexFormat.of().formatHex(digest))
                .contains("sum 250250")
                .doesNotContain("unchecked MSR access", "BUG:", "rcu_preempt detected stalls");
        assertThat(text.split("job 5705e3c0", -1)).hasSize(5);
    }

    private static GuestFile ramDisk(byte[] busybox) {
        byte[] archive = new InitialRamDisk()
                .directory("bin")
                .directory("proc")
                .directory("sys")
                .directory("dev")
                .program("bin/busybox", busybox)
                .program("init", INIT.getBytes(StandardCharsets.US_ASCII))
                .bytes();
        return GuestFile.of("initrd", archive);
    }

    private static VmOutcome boot(int vcpus, GuestFile kernel, GuestFile initrd, ByteArrayOutputStream console)
            throws Exception {
        PcBoard board = new PcBoard(PcBoard.Bus.MMIO);
        BootRequest request = new BootRequest("console=ttyS0 panic=-1", List.of(initrd), board.firmware());
        VmConfig.Builder config = VmConfig.builder(new KernelLoader(kernel, request, KernelLoader.Path.AUTO))
                .name("linux")
                .memoryBytes(512L << 20)
                .vcpus(vcpus)
                .timeout(LIMIT)
                .console((bytes, offset, length) -> {
                    console.write(bytes, offset, length);
                    if (Boolean.getBoolean("paravert.linux.show")) {
                        System.out.write(bytes, offset, length);
                        System.out.flush();
                    }
                });
        board.addTo(config);
        Vertx vertx = Vertx.vertx();
        Engine engine = new SoftEngineProvider().open();
        try (Vm vm = Vm.create(config.build(), vertx, engine)) {
            board.connect(vm);
            vm.start();
            return vm.ended().toCompletionStage().toCompletableFuture().get(LIMIT.toSeconds() + 30, TimeUnit.SECONDS);
        } finally {
            engine.close();
            vertx.close();
        }
    }
}
