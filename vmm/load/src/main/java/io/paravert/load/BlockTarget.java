package io.paravert.load;

import static io.paravert.isa.Register.*;

import io.paravert.abi.Hypercall;
import io.paravert.abi.IoOp;
import io.paravert.device.Device;
import io.paravert.devices.block.BlockDevice;
import io.paravert.devices.block.MemoryStore;
import io.paravert.devices.path.Placement;
import io.paravert.devices.path.RegisterLayout;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.Immediate;
import io.paravert.isa.Register;
import io.paravert.isa.asm.Addresses;
import io.paravert.isa.asm.Label;
import java.util.Locale;

/**
 * A disk of 1 MiB in memory for each guest, read by 4 KiB from one end to the other and again.
 *
 * @param path how the guest asks; each operation completes before the next begins
 */
public record BlockTarget(Path path) implements LoadTarget {
    /** How a guest reaches its disk. */
    public enum Path {
        HYPERCALL,
        PORT,
        MMIO,
        /** The shared-memory ring; the guest rings when the device sleeps, and sleeps until its completion comes. */
        RING
    }

    private static final int PORT = Placement.ports(DEVICE);
    private static final long MMIO = Placement.window(DEVICE);
    private static final int DISK_BYTES = 1 << 20;
    private static final int BYTES = 4096;
    private static final int STEP = BYTES / 512;
    private static final int LAST = DISK_BYTES / 512 - STEP;

    @Override
    public String describe() {
        return "block by " + path.name().toLowerCase(Locale.ROOT) + ", reads of " + BYTES + " bytes";
    }

    @Override
    public Device device() {
        return new BlockDevice(new MemoryStore(DISK_BYTES), BlockDevice.Settings.USUAL);
    }

    @Override
    public void setUp(PvAssembler g) {
        if (path == Path.RING) {
            BlockRing.setUp(g);
        }
    }

    @Override
    public void operation(PvAssembler g) {
        Label buffer = g.reserve("block-buffer", BYTES, BYTES);
        Label place = g.reserve("block-place", Long.BYTES, Long.BYTES);
        nextSector(g, place);
        g.mov(RBP, buffer);
        switch (path) {
            case HYPERCALL ->
                g.hypercall(
                        Hypercall.BLOCK_SUBMIT,
                        Immediate.of(DEVICE),
                        Immediate.of(IoOp.READ),
                        RBX,
                        RBP,
                        Immediate.of(BYTES));
            case PORT -> byPorts(g);
            case MMIO -> byMmio(g);
            case RING -> BlockRing.operation(g, BYTES);
        }
    }

    /** RBX = the sector that is due. */
    private static void nextSector(PvAssembler g, Label place) {
        Label inside = g.label("inside");
        g.mov(RDX, place);
        g.mov(RBX, Addresses.qword(RDX));
        g.mov(RAX, RBX);
        g.add(RAX, STEP);
        g.cmp(RAX, LAST);
        g.jbe(inside);
        g.xor(EAX, EAX);
        g.bind(inside);
        g.mov(Addresses.qword(RDX), RAX);
    }

    private static void byPorts(PvAssembler g) {
        out(g, RegisterLayout.OFFSET, EBX);
        out(g, RegisterLayout.GPA, EBP);
        g.mov(EAX, BYTES);
        out(g, RegisterLayout.BYTES, EAX);
        g.mov(EAX, IoOp.READ);
        out(g, RegisterLayout.COMMAND, EAX);
        g.mov(EDX, PORT + RegisterLayout.RESULT);
        g.in(EAX, DX);
        g.movsxd(RAX, EAX);
    }

    private static void out(PvAssembler g, int register, Register value) {
        if (value != EAX) {
            g.mov(EAX, value);
        }
        g.mov(EDX, PORT + register);
        g.out(DX, EAX);
    }

    private static void byMmio(PvAssembler g) {
        g.mov(EDX, MMIO);
        g.mov(Addresses.dword(RDX, RegisterLayout.OFFSET), EBX);
        g.mov(Addresses.dword(RDX, RegisterLayout.GPA), EBP);
        g.mov(EAX, BYTES);
        g.mov(Addresses.dword(RDX, RegisterLayout.BYTES), EAX);
        g.mov(EAX, IoOp.READ);
        g.mov(Addresses.dword(RDX, RegisterLayout.COMMAND), EAX);
        g.mov(EAX, Addresses.dword(RDX, RegisterLayout.RESULT));
        g.movsxd(RAX, EAX);
    }
}
