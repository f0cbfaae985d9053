package io.paravert.load;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceType;
import io.paravert.abi.IoOp;
import io.paravert.abi.RingMode;
import io.paravert.device.Device;
import io.paravert.devices.block.BlockDevice;
import io.paravert.devices.block.MemoryStore;
import io.paravert.guest.PvAssembler;
import io.paravert.guest.driver.DeviceDriver;
import io.paravert.guest.driver.QueueDriver;
import io.paravert.guest.driver.VirtioOption;
import io.paravert.isa.asm.Label;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * A disk of 1 MiB in memory for each guest, read by 4 KiB from one end to the other and again.
 *
 * @param path how the guest asks
 * @param depth reads under way at once, 1 to {@link QueueDriver#MOST}; more than one by queues only
 */
public record BlockTarget(Path path, int depth) implements LoadTarget {
    /** How a guest reaches its disk; {@link #name} in small letters with dashes is what people write. */
    public enum Path {
        HYPERCALL,
        PORT,
        MMIO,
        VIRTIO,
        /** The shared-memory ring: the guest rings when the device sleeps, and sleeps until a completion comes. */
        RING,
        /** The same, but the device looks for more for a while before it sleeps. */
        RING_ADAPTIVE,
        /** The same, but the device never sleeps. */
        RING_POLLING;

        /** Whether several operations can be under way. */
        boolean isQueue() {
            return ordinal() >= VIRTIO.ordinal();
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final int DISK_BYTES = 1 << 20;
    private static final int BYTES = 4096;
    private static final int STEP = BYTES / 512;
    private static final int LAST = DISK_BYTES / 512 - STEP;

    public BlockTarget {
        if (depth < 1 || depth > QueueDriver.MOST) {
            throw new LoadException("depth " + depth + ": give 1 to " + QueueDriver.MOST);
        }
        if (depth > 1 && !path.isQueue()) {
            throw new LoadException("depth " + depth + " by " + path
                    + ": a vCPU waits for its one operation there; virtio and rings take more");
        }
    }

    /** One read at a time. */
    public BlockTarget(Path path) {
        this(path, 1);
    }

    @Override
    public String describe() {
        return "block by " + path + (depth == 1 ? "" : " x" + depth) + ", reads of " + BYTES + " bytes";
    }

    @Override
    public Device device() {
        return new BlockDevice(new MemoryStore(DISK_BYTES), BlockDevice.Settings.USUAL);
    }

    @Override
    public Device device(Faults faults, Duration deadline, int guest) {
        return faults.isNone()
                ? device()
                : new FaultyDisk(new FaultyStore(new MemoryStore(DISK_BYTES), faults, deadline, guest));
    }

    private DeviceDriver driver(PvAssembler g) {
        return switch (path) {
            case HYPERCALL -> DeviceDriver.calls(g);
            case PORT -> DeviceDriver.ports(g);
            case MMIO -> DeviceDriver.mmio(g);
            case VIRTIO -> DeviceDriver.virtioBlock(g, VirtioOption.EVENT_IDX);
            case RING -> DeviceDriver.ring(g, RingMode.DOORBELL);
            case RING_ADAPTIVE -> DeviceDriver.ring(g, RingMode.ADAPTIVE);
            case RING_POLLING -> DeviceDriver.ring(g, RingMode.POLLING);
        };
    }

    @Override
    public void setUp(PvAssembler g) {
        DeviceDriver.find(g, DeviceType.BLOCK);
    }

    @Override
    public void operation(PvAssembler g) {
        Label buffer = g.shared("block-buffer", BYTES, BYTES);
        nextSector(g);
        g.lea(RSI, at(buffer));
        g.mov(EDX, BYTES);
        driver(g).operation(IoOp.READ);
    }

    @Override
    public Optional<Queue> queue(PvAssembler g) {
        return driver(g) instanceof QueueDriver driver ? Optional.of(new Reads(g, driver, depth)) : Optional.empty();
    }

    /** RDI = the sector that is due. */
    private static void nextSector(PvAssembler g) {
        Label place = g.shared("block-place", Long.BYTES, Long.BYTES);
        Label inside = g.label("inside");
        g.mov(RDI, qwordAt(place));
        g.mov(RAX, RDI);
        g.add(RAX, STEP);
        g.cmp(RAX, LAST);
        g.jbe(inside);
        g.xor(EAX, EAX);
        g.bind(inside);
        g.mov(qwordAt(place), RAX);
    }

    private static final class Reads implements Queue {
        private final PvAssembler g;
        private final QueueDriver driver;
        private final int depth;
        private final Label buffers;

        Reads(PvAssembler g, QueueDriver driver, int depth) {
            this.g = g;
            this.driver = driver;
            this.depth = depth;
            this.buffers = g.reserve("block-buffers", depth * BYTES, BYTES);
        }

        @Override
        public int depth() {
            return depth;
        }

        @Override
        public void begin() {
            DeviceDriver.find(g, DeviceType.BLOCK);
            driver.begin();
            driver.bindEvent();
        }

        @Override
        public void submit() {
            nextSector(g);
            g.mov(EAX, ECX);
            g.imul(EAX, EAX, BYTES);
            g.lea(RSI, at(buffers));
            g.add(RSI, RAX);
            g.mov(EDX, BYTES);
            driver.submit(IoOp.READ);
        }

        @Override
        public void take() {
            driver.take();
        }

        @Override
        public void arm() {
            driver.arm();
        }
    }
}
