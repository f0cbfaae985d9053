package io.paravert.vmm;

import io.paravert.device.ClaimException;
import io.paravert.device.Device;
import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.exit.Claims;
import io.paravert.vmm.pv.GuestConsole;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A machine's devices by number, from the one behind the console's on. A number is a device's for good: one that was taken
 * away leaves its place empty, and a device of the same name gets it back, so that a guest finds a plugin that was loaded anew
 * where it was. Reads from any thread; changes one at a time.
 */
final class DeviceTable {
    private static final int FIRST = GuestConsole.DEVICE + 1;

    private final Claims claims;
    private final List<Slot> slots = new CopyOnWriteArrayList<>();

    /** A place; empty while there is no device. */
    private static final class Slot {
        final String name;
        volatile @Nullable HostedDevice device;
        /** A device is on its way in. */
        boolean reserved = true;

        Slot(String name) {
            this.name = name;
        }
    }

    DeviceTable(Claims claims) {
        this.claims = claims;
    }

    /**
     * Attaches a device at the place of its name. Its claims are not yet in force; {@link #admit} or {@link #drop} follows.
     *
     * @throws VmException if the name is taken, or the device fails, which is its own fault whatever it throws
     */
    synchronized HostedDevice attach(String name, Device device, HostedDevice.Ground ground) {
        Slot slot = slotOf(name);
        if (slot == null) {
            slot = new Slot(name);
            slots.add(slot);
        } else if (slot.reserved || slot.device != null) {
            throw new VmException(ground.vm() + " has a device " + name + " already: detach it first");
        }
        slot.reserved = true;
        try {
            return new HostedDevice(FIRST + slots.indexOf(slot), name, device, ground);
        } catch (ClaimException e) {
            slot.reserved = false;
            throw new VmException("device " + name + ": " + e.getMessage(), e);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            slot.reserved = false;
            throw new VmException("device " + name + " failed to attach: " + e, e);
        }
    }

    /**
     * Puts an attached device's claims in force: from now on vCPUs find it.
     *
     * @throws VmException if it claims what another has
     */
    synchronized void admit(HostedDevice hosted) {
        Slot slot = Objects.requireNonNull(slotOf(hosted.name()));
        slot.reserved = false;
        try {
            claims.add(hosted.claims());
        } catch (ClaimException e) {
            throw new VmException("device " + hosted.name() + ": " + e.getMessage(), e);
        }
        slot.device = hosted;
    }

    /** An attached device is not wanted after all. */
    synchronized void drop(HostedDevice hosted) {
        Objects.requireNonNull(slotOf(hosted.name())).reserved = false;
    }

    /**
     * Takes a device away: vCPUs do not find it any more; what they have under way with it is still served.
     *
     * @return null if there is none of that name
     */
    synchronized @Nullable HostedDevice remove(String name) {
        Slot slot = slotOf(name);
        HostedDevice hosted = slot == null ? null : slot.device;
        if (slot != null && hosted != null) {
            claims.removeAll(hosted.owner());
            slot.device = null;
        }
        return hosted;
    }

    private @Nullable Slot slotOf(String name) {
        return slots.stream().filter(slot -> slot.name.equals(name)).findFirst().orElse(null);
    }

    /** Those that are there. */
    List<HostedDevice> all() {
        List<HostedDevice> there = new ArrayList<>();
        for (Slot slot : slots) {
            HostedDevice hosted = slot.device;
            if (hosted != null) {
                there.add(hosted);
            }
        }
        return there;
    }

    /** The device of that number, or null; any number may be asked. */
    @Nullable HostedDevice find(int number) {
        int index = number - FIRST;
        return index >= 0 && index < slots.size() ? slots.get(index).device : null;
    }

    /** What the guest is told of the place with that number; null past the last. */
    @Nullable DeviceEntry describe(int number) {
        int index = number - FIRST;
        if (index < 0 || index >= slots.size()) {
            return null;
        }
        Slot slot = slots.get(index);
        HostedDevice hosted = slot.device;
        return hosted == null ? DeviceEntry.removed(number, slot.name) : DeviceEntry.of(hosted);
    }

    /** What the guest is told of all places. */
    List<DeviceEntry> entries() {
        List<DeviceEntry> entries = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            DeviceEntry entry = describe(FIRST + i);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }
}
