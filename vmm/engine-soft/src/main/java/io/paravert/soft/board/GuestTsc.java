package io.paravert.soft.board;

import io.paravert.soft.irq.ApicTimer;
import io.paravert.soft.state.ModelSpecific;

/** A vCPU's TSC: the machine's nanoseconds and an offset. vCPU thread only. */
record GuestTsc(Clock clock, ModelSpecific msr) implements ApicTimer.TscClock {
    @Override
    public long ticks() {
        return clock.nanos() + msr.tscOffset;
    }

    @Override
    public long nanosOf(long ticks) {
        return ticks;
    }
}
