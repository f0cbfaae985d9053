package io.paravert.soft.irq;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Carries messages to the local APICs that they name (AMD APM vol. 2, 16.6). Any thread. */
public final class ApicBus {
    /** Physical destination of all APICs. */
    public static final int BROADCAST = 0xffff_ffff;

    private final List<LocalApic> apics = new CopyOnWriteArrayList<>();
    private volatile LevelEnd levelEnd = vector -> {};
    private int lastLowest;

    /** Hears that a level-triggered vector has been acknowledged by EOI. */
    public interface LevelEnd {
        void endOfInterrupt(int vector);
    }

    void add(LocalApic apic) {
        apics.add(apic);
    }

    void remove(LocalApic apic) {
        apics.remove(apic);
    }

    public void onLevelEnd(LevelEnd listener) {
        levelEnd = listener;
    }

    void endOfLevel(int vector) {
        levelEnd.endOfInterrupt(vector);
    }

    /** Delivers to everyone named; false if nobody was. */
    public boolean send(ApicMessage message) {
        if (message.mode() == DeliveryMode.LOWEST_PRIORITY) {
            return sendLowest(message);
        }
        boolean any = false;
        for (LocalApic apic : apics) {
            if (apic.matches(message)) {
                apic.accept(message);
                any = true;
            }
        }
        return any;
    }

    /** To all but {@code self}, or to all if {@code self} is to be included. */
    void broadcast(LocalApic self, boolean including, ApicMessage message) {
        for (LocalApic apic : apics) {
            if (including || apic != self) {
                apic.accept(message);
            }
        }
    }

    /** Arbitration: the matching APIC of the lowest priority, turn by turn among equals. */
    private synchronized boolean sendLowest(ApicMessage message) {
        LocalApic best = null;
        int n = apics.size();
        for (int i = 1; i <= n; i++) {
            LocalApic apic = apics.get((lastLowest + i) % n);
            if (apic.enabled()
                    && apic.matches(message)
                    && (best == null || apic.processorPriority() < best.processorPriority())) {
                best = apic;
            }
        }
        if (best == null) {
            return false;
        }
        lastLowest = apics.indexOf(best);
        best.accept(message);
        return true;
    }

    /** True if some vCPU takes the PIC's interrupts through its local APIC or past it. */
    public void wakePicListeners() {
        for (LocalApic apic : apics) {
            if (apic.acceptsPic()) {
                apic.wake();
            }
        }
    }
}
