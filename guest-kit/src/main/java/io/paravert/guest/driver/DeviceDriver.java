package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.BootInfoLayout;
import io.paravert.abi.DeviceLayout;
import io.paravert.abi.RingMode;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * One way to a device. What it emits takes all registers but RBX, RBP, RSP and R12 to R15; RBX holds the device's entry in the
 * boot information from {@link #find} on. Addresses are guest-physical, and in these guests virtual ones too.
 *
 * <pre>{@code
 * DeviceDriver.find(g, DeviceType.BLOCK);
 * DeviceDriver disk = DeviceDriver.ring(g, RingMode.ADAPTIVE);
 * disk.begin();
 * g.mov(EDI, 0).lea(RSI, at(buffer)).mov(EDX, 4096);
 * disk.operation(IoOp.READ);
 * g.exitOnError(1);
 * }</pre>
 */
public interface DeviceDriver {
    /** Emits the set-up; before the first operation. The guest ends as crashed if the device refuses. */
    void begin();

    /**
     * Emits one operation and the wait for its end.
     *
     * <p>It takes RDI, the place (first sector of a block operation); RSI, the address of the data; EDX, its bytes. It leaves in RAX
     * the bytes done or a negative error.
     *
     * @param op IoOp
     */
    void operation(int op);

    /** Emits a search for the first device of a type: its entry in RBX. The guest ends as crashed if there is none. */
    static void find(PvAssembler g, int type) {
        Label next = g.label();
        Label none = g.label();
        Label found = g.label();
        g.mov(RAX, qwordAt(g.bootInfo()));
        g.mov(ECX, dword(RAX, BootInfoLayout.DEVICE_COUNT_OFFSET));
        g.mov(EBX, dword(RAX, BootInfoLayout.DEVICE_OFFSET_OFFSET));
        g.add(RBX, RAX);
        g.movzx(EDX, word(RAX, BootInfoLayout.DEVICE_ENTRY_BYTES_OFFSET));
        g.bind(next);
        g.test(ECX, ECX);
        g.jz(none);
        g.cmp(dword(RBX, DeviceLayout.TYPE_OFFSET), type);
        g.je(found);
        g.add(RBX, RDX);
        g.dec(ECX);
        g.jmp(next);
        g.bind(none);
        g.crash("there is no device of type " + type);
        g.bind(found);
    }

    /** By registers at ports. */
    static DeviceDriver ports(PvAssembler g) {
        return new RegisterDriver(g, true);
    }

    /** By registers in memory. */
    static DeviceDriver mmio(PvAssembler g) {
        return new RegisterDriver(g, false);
    }

    /** By the calls that name a device: BLOCK_SUBMIT, NET_SEND and NET_RECV. */
    static DeviceDriver calls(PvAssembler g) {
        return new CallDriver(g);
    }

    /**
     * By a shared-memory ring.
     *
     * @param mode {@link RingMode}
     */
    static QueueDriver ring(PvAssembler g, int mode) {
        return new RingDriver(g, mode);
    }

    /** By virtio-blk over MMIO, with a split queue. The guest ends as crashed if the device lacks an option. */
    static QueueDriver virtioBlock(PvAssembler g, VirtioOption... options) {
        return new VirtioBlockDriver(g, options);
    }

    /** By virtio-net over MMIO, with split queues. The guest ends as crashed if the device lacks an option. */
    static DeviceDriver virtioNet(PvAssembler g, VirtioOption... options) {
        return new VirtioNetDriver(g, options);
    }
}
