package io.paravert.platform.acpi;

import io.paravert.platform.acpi.PlatformFacts.MmioWindow;
import io.paravert.platform.device.AcpiPower;
import io.paravert.platform.device.CmosRtc;
import io.paravert.platform.device.PanicDevice;
import io.paravert.platform.device.Uart16550;
import io.paravert.platform.pci.PciHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The devices of the machine as a tree (ACPI 6.4, chapter 6), in machine language. */
final class Dsdt {
    private static final int PRESENT = 0xf;
    private static final int PCI_SLOTS = 32;
    private static final int PCI_PINS = 4;

    private Dsdt() {}

    /** The body of the table. */
    static byte[] body(PlatformFacts facts) {
        List<byte[]> devices = new ArrayList<>();
        devices.add(serialPort());
        devices.add(clock());
        devices.add(panicDevice());
        for (int i = 0; i < facts.virtio().size(); i++) {
            devices.add(virtio(i, facts.virtio().get(i)));
        }
        if (facts.hasPci()) {
            devices.add(pciHost());
        }
        int off = AcpiPower.SLEEP_OFF;
        return Aml.concat(
                Aml.scope("\\_SB", devices.toArray(byte[][]::new)),
                Aml.name("\\_S5", Aml.packageOf(Aml.integer(off), Aml.integer(off), Aml.integer(0), Aml.integer(0))));
    }

    private static byte[] serialPort() {
        return Aml.device(
                "COM1",
                Aml.name("_HID", Aml.eisaId("PNP0501")),
                Aml.name("_UID", Aml.integer(1)),
                Aml.name("_STA", Aml.integer(PRESENT)),
                Aml.name("_CRS", Aml.resources(Aml.ports(Uart16550.PORT, 8), Aml.isaInterrupt(Uart16550.GSI))));
    }

    private static byte[] clock() {
        return Aml.device(
                "RTC",
                Aml.name("_HID", Aml.eisaId("PNP0B00")),
                Aml.name("_STA", Aml.integer(PRESENT)),
                Aml.name("_CRS", Aml.resources(Aml.ports(0x70, 2), Aml.isaInterrupt(CmosRtc.GSI))));
    }

    private static byte[] panicDevice() {
        return Aml.device(
                "PEVT",
                Aml.name("_HID", Aml.string("QEMU0001")),
                Aml.name("_STA", Aml.integer(PRESENT)),
                Aml.name("_CRS", Aml.resources(Aml.ports(PanicDevice.PORT, 1))));
    }

    private static byte[] virtio(int number, MmioWindow window) {
        return Aml.device(
                String.format(Locale.ROOT, "VR%02X", number),
                Aml.name("_HID", Aml.string("LNRO0005")),
                Aml.name("_UID", Aml.integer(number)),
                Aml.name("_STA", Aml.integer(PRESENT)),
                Aml.name("_CCA", Aml.integer(1)),
                Aml.name(
                        "_CRS",
                        Aml.resources(Aml.memory(window.gpa(), window.bytes()), Aml.levelInterrupt(window.gsi()))));
    }

    private static byte[] pciHost() {
        List<byte[]> routes = new ArrayList<>();
        for (int slot = 0; slot < PCI_SLOTS; slot++) {
            for (int pin = 0; pin < PCI_PINS; pin++) {
                routes.add(Aml.packageOf(
                        Aml.integer((long) slot << 16 | 0xffff),
                        Aml.integer(pin),
                        Aml.integer(0),
                        Aml.integer(PciHost.gsi(slot, pin))));
            }
        }
        return Aml.device(
                "PCI0",
                Aml.name("_HID", Aml.eisaId("PNP0A03")),
                Aml.name("_BBN", Aml.integer(0)),
                Aml.name("_UID", Aml.integer(0)),
                Aml.name("_CCA", Aml.integer(1)),
                Aml.name(
                        "_CRS",
                        Aml.resources(
                                Aml.busNumbers(0, 0),
                                Aml.ports(0xcf8, 8),
                                Aml.portWindow(0xc000, 0xcfff),
                                Aml.memoryWindow(PciHost.WINDOW, PciHost.WINDOW_END - 1))),
                Aml.name("_PRT", Aml.packageOf(routes.toArray(byte[][]::new))));
    }
}
