package io.paravert.vmm.pv;

import io.paravert.abi.Control;
import io.paravert.abi.EventAreaLayout;
import io.paravert.abi.EventKind;
import io.paravert.abi.Hypercall;
import io.paravert.abi.PvError;
import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.memory.GuestMemory;
import java.util.function.LongPredicate;

/** The EVENT calls. */
final class EventCalls {
    private static final int EVENT_SHIFT = 32;
    private static final long LOW = 0xffff_ffffL;
    private static final long EVENTS_OF_A_DEVICE = 64;
    private static final int FIRST_VECTOR = 32;
    private static final int LAST_VECTOR = 255;

    private final PvMachine machine;
    private final EventChannels channels;
    private final Alarms alarms;
    private final GuestDirectory directory;
    private final LongPredicate ringExists;

    EventCalls(
            PvMachine machine,
            EventChannels channels,
            Alarms alarms,
            GuestDirectory directory,
            LongPredicate ringExists) {
        this.machine = machine;
        this.channels = channels;
        this.alarms = alarms;
        this.directory = directory;
        this.ringExists = ringExists;
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.EVENT_BIND, (vcpu, number, a0, a1, a2, a3, a4, a5) -> bind(a0, a1, a2));
        calls.serve(Hypercall.EVENT_UNBIND, (vcpu, number, a0, a1, a2, a3, a4, a5) -> unbind(a0));
        calls.serve(Hypercall.EVENT_SEND, (vcpu, number, a0, a1, a2, a3, a4, a5) -> send(a0));
        calls.serve(Hypercall.EVENT_MASK, (vcpu, number, a0, a1, a2, a3, a4, a5) -> mask(a0, true));
        calls.serve(Hypercall.EVENT_UNMASK, (vcpu, number, a0, a1, a2, a3, a4, a5) -> mask(a0, false));
        calls.serve(Hypercall.EVENT_SET_VECTOR, (vcpu, number, a0, a1, a2, a3, a4, a5) -> setVector(a0, a1));
        calls.serve(Hypercall.EVENT_PAGE_SETUP, (vcpu, number, a0, a1, a2, a3, a4, a5) -> setUpPage(a0));
    }

    private long setUpPage(long gpa) {
        if (gpa % GuestMemory.PAGE != 0) {
            return -PvError.EINVAL;
        }
        machine.memory().writableHostAddress(gpa, EventAreaLayout.SIZE);
        return channels.setArea(new EventArea(machine.memory(), gpa)) ? 0 : -PvError.EBUSY;
    }

    private long bind(long kind, long source, long vcpu) {
        EventArea area = channels.area();
        if (area == null) {
            return -PvError.EINVAL;
        }
        if (vcpu < 0 || vcpu >= machine.vcpuCount()) {
            return -PvError.ENOENT;
        }
        int wrong = kind < 0 || kind > Integer.MAX_VALUE ? PvError.EINVAL : checkSource((int) kind, source);
        if (wrong != 0) {
            return -wrong;
        }
        int channel = channels.bind(area, new EventChannels.Source((int) kind, source), (int) vcpu);
        return channel == 0 ? -PvError.ENOSPC : channel;
    }

    /** 0 or the error. */
    private int checkSource(int kind, long source) {
        return switch (kind) {
            case EventKind.IPI, EventKind.ALARM, EventKind.DEVICE_LIST -> source == 0 ? 0 : PvError.EINVAL;
            case EventKind.DEVICE -> checkDevice(source & LOW, source >>> EVENT_SHIFT);
            case EventKind.RING -> ringExists.test(source) ? 0 : PvError.ENOENT;
            case EventKind.PEER -> {
                long guest = source & LOW;
                yield guest == 0 || guest == machine.guestNumber() ? PvError.EINVAL : 0;
            }
            case EventKind.CONTROL -> source == Control.SHUTDOWN ? 0 : PvError.EINVAL;
            default -> PvError.EINVAL;
        };
    }

    private int checkDevice(long device, long event) {
        if (device > Integer.MAX_VALUE || !exists((int) device)) {
            return PvError.ENODEV;
        }
        return event < EVENTS_OF_A_DEVICE ? 0 : PvError.EINVAL;
    }

    private boolean exists(int device) {
        return device == GuestConsole.DEVICE || machine.device(device) != null;
    }

    private long unbind(long channel) {
        if (channels.sourceOf(channel) == null) {
            return -PvError.ENOENT;
        }
        alarms.forget((int) channel);
        return channels.unbind((int) channel) ? 0 : -PvError.ENOENT;
    }

    private long send(long channel) {
        EventChannels.Source source = channels.sourceOf(channel);
        if (source == null) {
            return -PvError.ENOENT;
        }
        int low = (int) source.source();
        int high = (int) (source.source() >>> EVENT_SHIFT);
        switch (source.kind()) {
            case EventKind.IPI -> channels.signal((int) channel);
            case EventKind.DEVICE -> {
                HostedDevice device = machine.device(low);
                if (device != null) {
                    device.guestSignalled(high);
                }
            }
            case EventKind.PEER -> {
                GuestDirectory.Guest peer = directory.find(low);
                if (peer == null || !peer.channels().signalPeer(machine.guestNumber(), high)) {
                    return -PvError.ENOENT;
                }
            }
            default -> {
                return -PvError.EINVAL;
            }
        }
        return 0;
    }

    private long mask(long channel, boolean masked) {
        EventArea area = channels.area();
        if (area == null || channels.sourceOf(channel) == null) {
            return -PvError.ENOENT;
        }
        int number = (int) channel;
        if (masked) {
            area.setMasked(number);
        } else {
            area.clearMasked(number);
            channels.redeliver(number);
        }
        return 0;
    }

    private long setVector(long vcpu, long vector) {
        if (vcpu < 0 || vcpu >= machine.vcpuCount()) {
            return -PvError.ENOENT;
        }
        if (vector != 0 && (vector < FIRST_VECTOR || vector > LAST_VECTOR)) {
            return -PvError.EINVAL;
        }
        channels.setVector((int) vcpu, (int) vector);
        return 0;
    }
}
