package io.paravert.soft.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paravert.devices.net.NetBackend;
import io.paravert.devices.net.NetIdentity;
import io.paravert.devices.net.Network;
import io.paravert.devices.net.VirtioNet;
import io.paravert.platform.PcBoard;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.GuestFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two Debian kernels with their own virtio_net on one network: ping, and a megabyte over TCP. Needs what {@code tools/boot-linux
 * --prepare} fetches, and to be asked for ({@code -Dparavert.linux.net=true}), because two boots at once take minutes on a busy machine.
 */
@Tag("linux")
class LinuxNetTest {
    private static final List<String> DRIVERS = List.of(
            "virtio_ring",
            "virtio",
            "virtio_mmio",
            "virtio_pci_modern_dev",
            "virtio_pci_legacy_dev",
            "virtio_pci",
            "failover",
            "net_failover",
            "virtio_net");

    private static final String INIT = """
            #!/bin/busybox sh
            /bin/busybox --install -s /bin
            mount -t proc proc /proc
            mount -t sysfs sys /sys
            mount -t devtmpfs dev /dev
            for driver in DRIVERS; do [ ! -e /lib/$driver.ko ] || insmod /lib/$driver.ko; done
            ip link set lo up
            ip link set eth0 up
            # A standard input that never ends: nc leaves when the other side has nothing more to say.
            mkfifo /hold
            exec 3<>/hold
            if grep -q role=server /proc/cmdline; then
                ip addr add 10.0.0.1/24 dev eth0
                nc -l -p 5000 <&3 >/got
                sha256sum </got | nc -l -p 5001
            else
                ip addr add 10.0.0.2/24 dev eth0
                seq 1 160000 >/data
                until ping -c 1 -W 1 10.0.0.1 >/dev/null; do :; done
                echo "pings $(ping -c 20 -i 0.1 -s 1400 10.0.0.1 | grep received)"
                until nc 10.0.0.1 5000 </data; do sleep 1; done
                until nc 10.0.0.1 5001 <&3 >/sum; do sleep 1; done
                echo "digest $(cut -c1-64 /sum)"
            fi
            echo "errors $(cat /sys/class/net/eth0/statistics/rx_errors /sys/class/net/eth0/statistics/tx_errors | tr '\\n' ' ')"
            poweroff -f
            """.replace("DRIVERS", String.join(" ", DRIVERS));

    private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("paravert.linux.seconds", 900));

    private static GuestFile initrd(DebianFiles files) throws Exception {
        InitialRamDisk disk = InitialRamDisk.ofBusybox(Files.readAllBytes(files.busybox()))
                .directory("lib")
                .program("init", INIT.getBytes(StandardCharsets.US_ASCII));
        for (String driver : DRIVERS) {
            files.module(driver).ifPresent(module -> disk.program("lib/" + driver + ".ko", module));
        }
        return GuestFile.of("initrd", disk.bytes());
    }

    private static LinuxMachine machine(
            PcBoard.Bus bus, DebianFiles files, GuestFile initrd, String role, NetBackend port) {
        VirtioNet net = new VirtioNet(port, NetIdentity.random());
        return new LinuxMachine(
                bus,
                role,
                1,
                files,
                initrd,
                "quiet nosoftlockup cryptomgr.notests role=" + role,
                board -> board.plug("net0", net));
    }

    /** What the client sends, in SHA-256. */
    private static String digest() throws Exception {
        StringBuilder numbers = new StringBuilder();
        IntStream.rangeClosed(1, 160_000).forEach(i -> numbers.append(i).append('\n'));
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(sha256.digest(numbers.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void shouldPingAndTransferBetweenAKernelOnMmioAndOneOnPci() throws Exception {
        Optional<DebianFiles> files = DebianFiles.find();
        assumeTrue(Boolean.getBoolean("paravert.linux.net"), "ask for it with -Dparavert.linux.net=true");
        assumeTrue(files.isPresent(), "no kernel in " + DebianFiles.cache() + ": run tools/boot-linux --prepare");
        GuestFile initrd = initrd(files.get());
        Network network = new Network();
        try (LinuxMachine server = machine(PcBoard.Bus.MMIO, files.get(), initrd, "server", network.port());
                LinuxMachine client = machine(PcBoard.Bus.PCI, files.get(), initrd, "client", network.port())) {
            VmOutcome off = new VmOutcome.Shutdown(0, false);
            assertThat(client.await(LIMIT)).as(client::console).isEqualTo(off);
            assertThat(server.await(LIMIT)).as(server::console).isEqualTo(off);
            assertThat(client.console())
                    .contains("pings 20 packets transmitted, 20 packets received")
                    .contains("digest " + digest())
                    .contains("errors 0 0");
            assertThat(server.console()).contains("errors 0 0");
        }
    }
}
