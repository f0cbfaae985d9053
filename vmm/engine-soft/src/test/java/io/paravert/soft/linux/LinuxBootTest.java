package io.paravert.soft.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.platform.PcBoard;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.GuestFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
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
        byte[] init = INIT.getBytes(StandardCharsets.US_ASCII);
        GuestFile initrd = GuestFile.of(
                "initrd",
                InitialRamDisk.ofBusybox(busybox).program("init", init).bytes());

        VmOutcome outcome;
        String text;
        // Its watchdogs would call a busy host a bug of the kernel's: 21 s without a vCPU are not rare there.
        try (LinuxMachine machine = new LinuxMachine(
                PcBoard.Bus.MMIO,
                "linux",
                vcpus,
                files.get(),
                initrd,
                "nosoftlockup rcupdate.rcu_cpu_stall_timeout=300",
                board -> {})) {
            outcome = machine.await(LIMIT);
            text = machine.console();
        }

        assertThat(outcome).as(text).isEqualTo(new VmOutcome.Shutdown(0, false));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(busybox);
        assertThat(text)
                .contains("processors " + vcpus)
                .contains("digest " + HexFormat.of().formatHex(digest))
                .contains("sum 250250")
                .doesNotContain("unchecked MSR access", "BUG:", "rcu_preempt detected stalls");
        assertThat(text.split("job 5705e3c0", -1)).hasSize(5);
    }
}
