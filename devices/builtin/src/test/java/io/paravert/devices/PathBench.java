package io.paravert.devices;

import io.paravert.abi.RingMode;
import io.paravert.devices.path.Placement;
import io.paravert.devices.path.RegisterLayout;
import io.paravert.testkit.RingDriver;
import io.paravert.testkit.TestMachine;

/** Drivers for the paths of a device that is on all of them, in a test's machine. */
public final class PathBench {
    public static final int PORT = Placement.ports(0);
    public static final long WINDOW = Placement.window(0);

    private static final int RING_ENTRIES = 8;

    /** The paths, by the names that tests show. */
    public enum Path {
        PORT,
        MMIO,
        HYPERCALL,
        VIRTIO,
        RING_DOORBELL,
        RING_ADAPTIVE,
        RING_POLLING
    }

    /** One operation over one path: bytes done, or a negative error. */
    public interface Driver {
        long run(int op, long place, long gpa, int bytes);
    }

    private interface Out {
        void put(int register, int value);
    }

    private interface In {
        int get(int register);
    }

    private final TestMachine machine;

    public PathBench(TestMachine machine) {
        this.machine = machine;
    }

    /** @param calls what the hypercalls of this device are */
    public Driver driver(Path path, Driver calls) {
        return switch (path) {
            case PORT -> (op, place, gpa, bytes) -> registers(op, place, gpa, bytes, this::out, this::in);
            case MMIO -> (op, place, gpa, bytes) -> registers(op, place, gpa, bytes, this::store, this::load);
            case HYPERCALL -> calls;
            case VIRTIO -> throw new IllegalArgumentException("virtio has another driver for each device type");
            case RING_DOORBELL -> ring(RingMode.DOORBELL)::run;
            case RING_ADAPTIVE -> ring(RingMode.ADAPTIVE)::run;
            case RING_POLLING -> ring(RingMode.POLLING)::run;
        };
    }

    /** A ring of this mode, which the device serves. */
    public RingDriver ring(int mode) {
        RingDriver ring = new RingDriver(machine, RING_ENTRIES, mode);
        if (ring.open() != 0) {
            throw new AssertionError("the device did not take the ring");
        }
        return ring;
    }

    private void out(int register, int value) {
        machine.writePort(PORT + register, 4, value & 0xffff_ffffL);
    }

    private int in(int register) {
        return (int) machine.readPort(PORT + register, 4);
    }

    private void store(int register, int value) {
        machine.writeMmio(WINDOW + register, 4, value & 0xffff_ffffL);
    }

    private int load(int register) {
        return (int) machine.readMmio(WINDOW + register, 4);
    }

    private static long registers(int op, long place, long gpa, int bytes, Out out, In in) {
        out.put(RegisterLayout.OFFSET, (int) place);
        out.put(RegisterLayout.OFFSET + 4, (int) (place >>> 32));
        out.put(RegisterLayout.GPA, (int) gpa);
        out.put(RegisterLayout.GPA + 4, (int) (gpa >>> 32));
        out.put(RegisterLayout.BYTES, bytes);
        out.put(RegisterLayout.COMMAND, op);
        return in.get(RegisterLayout.RESULT);
    }
}
