package io.paravert.guest.driver;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.DeviceLayout;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;
import java.util.EnumSet;
import java.util.Set;

/** The registers of virtio over MMIO version 2 (virtio 1.2, 4.2.2), and a driver's way through them (3.1.1). */
final class VirtioRegisters {
    private static final int DRIVER_FEATURES = 0x020;
    private static final int DRIVER_FEATURES_SEL = 0x024;
    private static final int QUEUE_SEL = 0x030;
    private static final int QUEUE_NUM = 0x038;
    private static final int QUEUE_READY = 0x044;
    private static final int QUEUE_NOTIFY = 0x050;
    private static final int DEVICE_STATUS = 0x070;
    private static final int QUEUE_PARTS = 0x080;
    private static final int EACH_PART = 0x10;
    /** Of the device's own registers: where its virtio registers begin. */
    private static final int VIRTIO_REGISTER = 0x34;

    private static final int ACKNOWLEDGE = 1;
    private static final int DRIVER = 2;
    private static final int DRIVER_OK = 4;
    private static final int FEATURES_OK = 8;
    private static final long VERSION_1 = 1L << 32;

    private final PvAssembler g;
    private final Set<VirtioOption> options;
    private final Label window;

    VirtioRegisters(PvAssembler g, VirtioOption... options) {
        this.g = g;
        this.options = EnumSet.noneOf(VirtioOption.class);
        this.options.addAll(Set.of(options));
        this.window = g.reserve("virtio window", Long.BYTES, Long.BYTES);
    }

    boolean has(VirtioOption option) {
        return options.contains(option);
    }

    /** Emits the way to FEATURES_OK, for the device whose entry is in RBX; leaves the window in RCX. */
    void negotiate() {
        long features = VERSION_1;
        for (VirtioOption option : options) {
            features |= 1L << option.bit();
        }
        g.mov(RCX, qword(RBX, DeviceLayout.MMIO_OFFSET));
        g.mov(EAX, dword(RCX, VIRTIO_REGISTER));
        g.add(RCX, RAX);
        g.mov(qwordAt(window), RCX);
        put(DEVICE_STATUS, 0);
        put(DEVICE_STATUS, ACKNOWLEDGE | DRIVER);
        put(DRIVER_FEATURES_SEL, 0);
        put(DRIVER_FEATURES, (int) features);
        put(DRIVER_FEATURES_SEL, 1);
        put(DRIVER_FEATURES, (int) (features >>> Integer.SIZE));
        put(DEVICE_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        Label fine = g.label();
        g.mov(EAX, dword(RCX, DEVICE_STATUS));
        g.test(EAX, FEATURES_OK);
        g.jnz(fine);
        g.crash("the virtio device refuses VERSION_1 with " + options);
        g.bind(fine);
    }

    /** Emits the hand-over of a split queue whose parts lie at these offsets from a place; the window is in RCX, before and after. */
    void setQueue(int index, int entries, Label memory, int available, int used) {
        put(QUEUE_SEL, index);
        put(QUEUE_NUM, entries);
        int[] parts = {0, available, used};
        for (int i = 0; i < parts.length; i++) {
            g.lea(RAX, at(memory).plus(parts[i]));
            g.mov(dword(RCX, QUEUE_PARTS + i * EACH_PART), EAX);
            g.shr(RAX, Integer.SIZE);
            g.mov(dword(RCX, QUEUE_PARTS + i * EACH_PART + Integer.BYTES), EAX);
        }
        put(QUEUE_READY, 1);
    }

    /** Emits DRIVER_OK; the window is in RCX. */
    void ready() {
        put(DEVICE_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    private void put(int register, int value) {
        g.mov(dword(RCX, register), imm(value));
    }

    /** Emits a notification; the available index is in AX. Takes RAX and RCX. */
    void notifyQueue(int index) {
        g.mov(RCX, qwordAt(window));
        if (has(VirtioOption.NOTIFICATION_DATA)) {
            // 4.2.3.3: the index in the upper half says how far the driver has got.
            g.shl(EAX, Short.SIZE);
            if (index != 0) {
                g.or(EAX, index);
            }
            g.mov(dword(RCX, QUEUE_NOTIFY), EAX);
        } else {
            g.mov(dword(RCX, QUEUE_NOTIFY), imm(index));
        }
    }
}
