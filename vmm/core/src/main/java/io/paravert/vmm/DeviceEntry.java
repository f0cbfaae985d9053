package io.paravert.vmm;

import io.paravert.abi.DeviceGsi;
import io.paravert.abi.DeviceLayout;
import io.paravert.abi.DevicePath;
import io.paravert.abi.DeviceType;
import io.paravert.abi.Port;
import io.paravert.device.DeviceIdentity;
import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.exit.Claim;
import io.paravert.vmm.exit.ClaimKind;
import io.paravert.vmm.memory.MemoryRegion;
import io.paravert.vmm.pv.GuestConsole;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A device as the guest is told of it: what the ABI's Device structure holds, with the same numbers.
 *
 * @param type DeviceType
 * @param number device number, as calls take it
 * @param paths DevicePath bits
 * @param flags DeviceFlag bits
 * @param gsi interrupt line, -1 for none
 * @param port first port; 0 with {@code ports} 0 for none
 * @param mmio address of its registers, or of the memory that it maps; 0 with {@code mmioBytes} 0 for none
 * @param parameter what the type says
 * @param address what the type says: eight bytes, the first in bits 7-0
 * @param name ASCII, at most 8 characters
 */
public record DeviceEntry(
        int type,
        int number,
        int paths,
        int flags,
        int gsi,
        int port,
        int ports,
        long mmio,
        long mmioBytes,
        long parameter,
        long address,
        String name) {

    /** The ABI's Device structure. */
    byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(DeviceLayout.SIZE);
        DeviceLayout.type(bytes, 0, type);
        DeviceLayout.number(bytes, 0, number);
        DeviceLayout.paths(bytes, 0, paths);
        DeviceLayout.flags(bytes, 0, flags);
        DeviceLayout.gsi(bytes, 0, gsi);
        DeviceLayout.port(bytes, 0, port);
        DeviceLayout.ports(bytes, 0, ports);
        DeviceLayout.mmio(bytes, 0, mmio);
        DeviceLayout.mmioBytes(bytes, 0, mmioBytes);
        DeviceLayout.parameter(bytes, 0, parameter);
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < DeviceLayout.ADDRESS_COUNT; i++) {
            DeviceLayout.address(bytes, 0, i, (int) (address >>> Byte.SIZE * i) & 0xff);
            DeviceLayout.name(bytes, 0, i, i < text.length ? text[i] : 0);
        }
        return bytes.array();
    }

    /** The machine's own console. */
    static DeviceEntry console(long size) {
        return new DeviceEntry(
                DeviceType.CONSOLE,
                GuestConsole.DEVICE,
                DevicePath.HYPERCALL | DevicePath.PORT,
                0,
                DeviceGsi.NONE,
                Port.DEBUG_CONSOLE,
                1,
                0,
                0,
                size,
                0,
                "console");
    }

    /** The place of a device that was removed. */
    static DeviceEntry removed(int number, String name) {
        return new DeviceEntry(DeviceType.NONE, number, 0, 0, DeviceGsi.NONE, 0, 0, 0, 0, 0, 0, shortened(name));
    }

    private static String shortened(String name) {
        return name.substring(0, Math.min(name.length(), DeviceLayout.NAME_COUNT));
    }

    static DeviceEntry of(HostedDevice hosted) {
        DeviceIdentity identity = hosted.identity();
        Optional<Claim> ports = hosted.firstClaim(ClaimKind.PORT);
        Optional<Claim> mmio = hosted.firstClaim(ClaimKind.MMIO);
        Optional<MemoryRegion> mapped = hosted.mapped();
        boolean calls = hosted.deviceCalls().isPresent()
                || hosted.firstClaim(ClaimKind.HYPERCALL).isPresent();
        int paths = (ports.isPresent() ? DevicePath.PORT : 0)
                | (mmio.isPresent() ? DevicePath.MMIO : 0)
                | (calls ? DevicePath.HYPERCALL : 0)
                | (hosted.servesRings() ? DevicePath.RING : 0);
        return new DeviceEntry(
                identity.type(),
                hosted.number(),
                paths,
                identity.flags(),
                DeviceGsi.NONE,
                ports.map(c -> (int) c.first()).orElse(0),
                ports.map(c -> (int) c.length()).orElse(0),
                mapped.map(MemoryRegion::gpa).or(() -> mmio.map(Claim::first)).orElse(0L),
                mapped.map(MemoryRegion::bytes)
                        .or(() -> mmio.map(Claim::length))
                        .orElse(0L),
                identity.parameter(),
                identity.address(),
                shortened(hosted.name()));
    }
}
