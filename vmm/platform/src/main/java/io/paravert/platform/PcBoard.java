package io.paravert.platform;

import io.paravert.abi.Gpa;
import io.paravert.device.Device;
import io.paravert.platform.acpi.AcpiTables;
import io.paravert.platform.acpi.PlatformFacts;
import io.paravert.platform.acpi.PlatformFacts.MmioWindow;
import io.paravert.platform.boot.Firmware;
import io.paravert.platform.device.AcpiPower;
import io.paravert.platform.device.CmosRtc;
import io.paravert.platform.device.InterruptWires;
import io.paravert.platform.device.KeyboardController;
import io.paravert.platform.device.PanicDevice;
import io.paravert.platform.device.PowerSwitch;
import io.paravert.platform.device.SerialLine;
import io.paravert.platform.device.Uart16550;
import io.paravert.platform.pci.PciHost;
import io.paravert.virtio.OffersVirtio;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import io.paravert.virtio.pci.VirtioPciDevice;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmException;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.pv.GuestConsole;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The board of a PC: its fixed devices, the virtio devices that are plugged in, the interrupt wires, and the tables that
 * describe them. Its serial port is the machine's console, beside a terminal that is plugged in. One board serves one machine; one thread sets it up:
 *
 * <pre>
 * board.plug(...)*  ->  board.addTo(config)  ->  Vm.create  ->  board.connect(vm)  ->  vm.start
 * </pre>
 */
public final class PcBoard {
    /** Virtio windows, behind what the monitor's own devices may take. */
    private static final long FIRST_WINDOW = Gpa.DEVICE_WINDOW + 0x8_0000;
    /** Lines that nothing on a PC's board uses. */
    private static final int[] VIRTIO_GSIS = {5, 10, 11, 12, 16, 17, 18, 19, 13, 14, 15, 6, 7};

    private final InterruptWires wires = new InterruptWires();
    private final Power power = new Power();
    private final Uart16550 serial = new Uart16550(wires.pin(Uart16550.GSI));
    private final AcpiPower acpi = new AcpiPower(wires.pin(AcpiPower.GSI), power, System::nanoTime);
    private final List<Plugged> plugged = new ArrayList<>();

    private final PciHost pci = new PciHost(acpi.resetRegister());
    private final List<MmioWindow> windows = new ArrayList<>();
    private final Bus bus;
    private @Nullable Terminal terminal;

    private record Plugged(String name, Device device) {}

    /** By which transport virtio devices are reached. */
    public enum Bus {
        /** Windows of registers that the ACPI tables name; the cheapest to find. */
        MMIO,
        /** PCI functions with MSI-X: for kernels without virtio over MMIO. */
        PCI
    }

    /** What stands for the machine's console beside the serial port: what is typed goes there, and not to the port. */
    public interface Terminal {
        /** Joins it to the console; before the machine starts. */
        void connect(GuestConsole console);

        /** As {@link GuestConsole#onChange} says. */
        void changed();
    }

    public PcBoard(Bus bus) {
        this.bus = bus;
    }

    /**
     * Plugs in a virtio device.
     *
     * @param name unique in its machine, such as "disk0"
     * @throws VmException if no interrupt line or slot is left
     */
    public void plug(String name, VirtioDevice device) {
        int number = plugged.size();
        int places = bus == Bus.PCI ? PciHost.SLOTS : VIRTIO_GSIS.length;
        if (number == places) {
            throw new VmException("no place is left for " + name + ": give at most " + places + " devices");
        }
        plugged.add(new Plugged(name, bus == Bus.PCI ? onPci(device) : onMmio(number, device)));
    }

    /** Plugs in the device that typed input goes to; one at most. */
    public void plugTerminal(String name, VirtioDevice device, Terminal end) {
        if (terminal != null) {
            throw new IllegalStateException("a board has one terminal");
        }
        terminal = end;
        plug(name, device);
    }

    /**
     * Plugs in the virtio device that a device is, or has among others.
     *
     * @return false if it has none: then nothing was done
     */
    public boolean plugVirtioOf(String name, Device device) {
        if (device instanceof OffersVirtio offer) {
            plug(name, offer.virtio());
            return true;
        }
        return false;
    }

    private Device onMmio(int number, VirtioDevice device) {
        int bytes = VirtioMmioDevice.WINDOW_BYTES;
        MmioWindow window = new MmioWindow(FIRST_WINDOW + (long) number * bytes, bytes, VIRTIO_GSIS[number]);
        windows.add(window);
        return new VirtioMmioDevice(device, window.gpa(), wires.pin(window.gsi()));
    }

    private Device onPci(VirtioDevice device) {
        int slot = pci.nextSlot();
        int gsi = PciHost.gsi(slot, 0);
        long window = PciHost.WINDOW + (long) slot * VirtioPciDevice.WINDOW_BYTES;
        VirtioPciDevice function = new VirtioPciDevice(device, window, wires.pin(gsi), gsi, wires::signalMsi);
        pci.add(function.function());
        return function;
    }

    /** The tables for what is plugged in so far. */
    public Firmware firmware() {
        return new AcpiTables(new PlatformFacts(windows, bus == Bus.PCI));
    }

    /** Adds the board's devices to a machine, and asks for the engine's interrupt controllers. */
    public void addTo(VmConfig.Builder config) {
        config.interruptController(InterruptController.ENGINE);
        config.device("serial", serial);
        config.device("rtc", new CmosRtc(Clock.systemUTC(), wires.pin(CmosRtc.GSI)));
        config.device("power", acpi);
        config.device("pci", pci);
        config.device("keyboard", new KeyboardController(power));
        config.device("panic", new PanicDevice(power));
        plugged.forEach(each -> config.device(each.name(), each.device()));
    }

    /** Joins the board to its machine; before it starts. */
    public void connect(Vm vm) {
        power.vm = vm;
        wires.connect(vm.interruptLines()
                .orElseThrow(() -> new VmException(vm.name() + " has no interrupt controllers: its engine made none")));
        GuestConsole console = vm.console();
        Terminal end = terminal;
        serial.connect(new ConsoleEnd(console, end == null));
        if (end == null) {
            console.onChange(serial::lineChanged);
            return;
        }
        end.connect(console);
        console.onChange(() -> {
            serial.lineChanged();
            end.changed();
        });
    }

    /** Asks the kernel to shut down; false if it does not listen. Any thread. */
    public boolean pressPowerButton() {
        return acpi.pressButton();
    }

    /** The machine's console as the far end of the serial port. */
    private record ConsoleEnd(GuestConsole console, boolean hears) implements SerialLine {
        @Override
        public boolean send(byte value) {
            return console.offer(value);
        }

        @Override
        public boolean canSend() {
            return console.hasRoom();
        }

        @Override
        public int receive(byte[] target, int length) {
            return hears ? console.takeTyped(target, 0, length) : 0;
        }
    }

    /** What the devices do to the machine. */
    private static final class Power implements PowerSwitch {
        private volatile @Nullable Vm vm;

        @Override
        public void powerOff() {
            Vm machine = vm;
            if (machine != null) {
                machine.guestShutdown(0, false);
            }
        }

        @Override
        public void reset() {
            Vm machine = vm;
            if (machine != null) {
                machine.guestShutdown(0, true);
            }
        }

        @Override
        public void panic(int vcpu) {
            Vm machine = vm;
            if (machine != null) {
                machine.guestCrash(vcpu, "the guest's kernel has panicked");
            }
        }
    }
}
