package io.paravert.vmm.pv;

import io.paravert.abi.Control;
import io.paravert.abi.EventKind;
import io.paravert.abi.Limit;
import io.paravert.device.GuestAddressException;
import io.paravert.vmm.bus.DeviceEvents;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A machine's event channels: what each is bound to, and how a signal reaches the guest. Signals come from any thread;
 * binding and unbinding from vCPU threads.
 */
public final class EventChannels implements DeviceEvents {
    private static final int EVENT_SHIFT = 32;

    private final PvMachine machine;
    private final AtomicReferenceArray<Binding> bindings = new AtomicReferenceArray<>(Limit.EVENT_CHANNELS);
    private final Map<Source, List<Integer>> bySource = new ConcurrentHashMap<>();
    private final AtomicIntegerArray vectors;
    /** Bits of the channels bound to each vCPU. */
    private final AtomicLongArray boundBits;

    private final AtomicInteger pollers = new AtomicInteger();
    private volatile @Nullable EventArea area;

    /** What a channel is bound to: EventKind and what the kind says. */
    record Source(int kind, long source) {}

    /** Its lock is held while its bit is set, so that none is set after it was unbound. */
    private static final class Binding {
        final Source source;
        final int vcpu;
        boolean bound = true;

        Binding(Source source, int vcpu) {
            this.source = source;
            this.vcpu = vcpu;
        }
    }

    EventChannels(PvMachine machine) {
        this.machine = machine;
        this.vectors = new AtomicIntegerArray(machine.vcpuCount());
        this.boundBits = new AtomicLongArray(machine.vcpuCount() * EventArea.WORDS);
    }

    @Nullable EventArea area() {
        return area;
    }

    /** False if there is one already. */
    synchronized boolean setArea(EventArea newArea) {
        if (area != null) {
            return false;
        }
        area = newArea;
        return true;
    }

    /** Binds a free channel, masked; 0 if all are taken. */
    synchronized int bind(EventArea events, Source source, int vcpu) {
        for (int channel = 1; channel < Limit.EVENT_CHANNELS; channel++) {
            if (bindings.get(channel) == null) {
                events.setMasked(channel);
                events.clearPending(channel);
                bindings.set(channel, new Binding(source, vcpu));
                int word = vcpu * EventArea.WORDS + channel / Long.SIZE;
                boundBits.set(word, boundBits.get(word) | 1L << channel);
                int added = channel;
                bySource.merge(source, List.of(added), (old, one) -> {
                    Integer[] more = Arrays.copyOf(old.toArray(new Integer[0]), old.size() + 1);
                    more[old.size()] = added;
                    return List.of(more);
                });
                return channel;
            }
        }
        return 0;
    }

    /** False if it was not bound. When this returns its bit is set no more. */
    synchronized boolean unbind(int channel) {
        Binding binding = bindings.get(channel);
        if (binding == null) {
            return false;
        }
        synchronized (binding) {
            binding.bound = false;
        }
        bindings.set(channel, null);
        int word = binding.vcpu * EventArea.WORDS + channel / Long.SIZE;
        boundBits.set(word, boundBits.get(word) & ~(1L << channel));
        bySource.computeIfPresent(binding.source, (source, channels) -> {
            List<Integer> rest = channels.stream().filter(c -> c != channel).toList();
            return rest.isEmpty() ? null : rest;
        });
        return true;
    }

    /** What a channel is bound to, or null; any number may be asked. */
    @Nullable Source sourceOf(long channel) {
        Binding binding = channel <= 0 || channel >= Limit.EVENT_CHANNELS ? null : bindings.get((int) channel);
        return binding == null ? null : binding.source;
    }

    /** True if anything could still be signalled. */
    public boolean isAnyBound() {
        return !bySource.isEmpty();
    }

    boolean isBound(long channel, int kind) {
        Source source = sourceOf(channel);
        return source != null && source.kind == kind;
    }

    /** Marks a channel pending and tells its vCPU; nothing if it is not bound. */
    void signal(int channel) {
        Binding binding = bindings.get(channel);
        EventArea events = area;
        if (binding == null || events == null) {
            return;
        }
        try {
            synchronized (binding) {
                if (!binding.bound || !events.setPending(channel)) {
                    return;
                }
                if (!events.isMasked(channel)) {
                    deliver(events, binding, channel);
                }
            }
        } catch (GuestAddressException e) {
            // The guest has unmapped its event area, or the machine ends: nobody is there to be told.
            return;
        }
        if (pollers.get() > 0) {
            for (int id = 0; id < machine.vcpuCount(); id++) {
                machine.vcpu(id).notifyEvent();
            }
        }
    }

    private void deliver(EventArea events, Binding binding, int channel) {
        PvVcpu vcpu = machine.vcpu(binding.vcpu);
        int vector = vectors.get(binding.vcpu);
        if (events.announce(binding.vcpu, channel / Long.SIZE) && vector != 0) {
            vcpu.raiseVector(vector);
        }
        vcpu.notifyEvent();
    }

    /** Delivers a channel that was unmasked while it was pending. */
    void redeliver(int channel) {
        Binding binding = bindings.get(channel);
        EventArea events = area;
        if (binding != null && events != null && events.isPending(channel)) {
            synchronized (binding) {
                deliver(events, binding, channel);
            }
        }
    }

    /** @param vector 32 to 255, or 0 for none */
    void setVector(int vcpu, int vector) {
        vectors.set(vcpu, vector);
        EventArea events = area;
        if (vector != 0 && events != null && events.isUpcallPending(vcpu)) {
            machine.vcpu(vcpu).raiseVector(vector);
        }
    }

    /** Fills in the bits of the channels bound to a vCPU. */
    void boundTo(int vcpu, long[] words) {
        for (int i = 0; i < EventArea.WORDS; i++) {
            words[i] = boundBits.get(vcpu * EventArea.WORDS + i);
        }
    }

    /** The lowest channel that is among the wanted and pending, or -1. */
    int lowestPending(long[] wanted) {
        EventArea events = area;
        if (events == null) {
            return -1;
        }
        for (int word = 0; word < EventArea.WORDS; word++) {
            long bits = wanted[word] == 0 ? 0 : wanted[word] & events.pending(word);
            if (bits != 0) {
                return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
            }
        }
        return -1;
    }

    /** From here on every signal wakes all vCPUs that wait. */
    void enterPoll() {
        pollers.incrementAndGet();
    }

    void leavePoll() {
        pollers.decrementAndGet();
    }

    /** True if something is bound to the source and has been told: a look of its own could see what was bound meanwhile. */
    private boolean signalAll(Source source) {
        List<Integer> bound = bySource.getOrDefault(source, List.of());
        for (int channel : bound) {
            signal(channel);
        }
        return !bound.isEmpty();
    }

    static Source deviceEvent(int device, int event) {
        return new Source(EventKind.DEVICE, (long) event << EVENT_SHIFT | device & 0xffff_ffffL);
    }

    @Override
    public boolean isDeviceEventBound(int device, int event) {
        return bySource.containsKey(deviceEvent(device, event));
    }

    @Override
    public void signalDeviceEvent(int device, int event) {
        signalAll(deviceEvent(device, event));
    }

    @Override
    public void signalRing(int ring) {
        signalAll(new Source(EventKind.RING, ring));
    }

    @Override
    public boolean isRingBound(int ring) {
        return bySource.containsKey(new Source(EventKind.RING, ring));
    }

    /** A peer sends on a port; false if nothing here is bound to it. */
    boolean signalPeer(int guest, int port) {
        return signalAll(new Source(EventKind.PEER, (long) port << EVENT_SHIFT | guest & 0xffff_ffffL));
    }

    /** Asks the guest to shut down; false if it does not listen. */
    public boolean requestShutdown() {
        return signalAll(new Source(EventKind.CONTROL, Control.SHUTDOWN));
    }

    /** Tells the guest that a device was added or removed. */
    public void signalDeviceList() {
        signalAll(new Source(EventKind.DEVICE_LIST, 0));
    }
}
