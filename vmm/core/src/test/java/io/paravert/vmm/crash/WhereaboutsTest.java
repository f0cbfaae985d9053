package io.paravert.vmm.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.memory.GuestMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WhereaboutsTest {
    private static final int CODE_32 = 0x49b;
    private static final int DATA_RING_3 = 0x4f3;
    private static final long IF = 1 << 9;

    private final GuestMemory memory = GuestMemory.allocate(1 << 20);
    private final CpuState state = new CpuState();

    @AfterEach
    void close() {
        memory.close();
    }

    private void protectedMode(long rip) {
        state.cr0 = 1;
        state.rip = rip;
        state.segments[CpuState.CS].set(8, 0, -1, CODE_32);
    }

    @Test
    void shouldTellAVcpuThatWaitsFromOneThatNothingWakes() {
        protectedMode(0x1001);
        memory.putByte(0x1000, (byte) 0xf4);
        assertThat(Whereabouts.of(memory, state))
                .isEqualTo("has halted with interrupts off at 0x1001, and nothing wakes it");
        state.rflags |= IF;
        assertThat(Whereabouts.of(memory, state)).isEqualTo("waits for an interrupt at 0x1001");
    }

    @Test
    void shouldTellWhereAVcpuRuns() {
        protectedMode(0x1001);
        assertThat(Whereabouts.of(memory, state))
                .isEqualTo("runs at 0x1001 in 32-bit protected mode, CPL 0, with interrupts off");
        state.rflags |= IF;
        state.segments[CpuState.SS].set(0x23, 0, -1, DATA_RING_3);
        memory.putByte(0x1000, (byte) 0xf4);
        assertThat(Whereabouts.of(memory, state)).isEqualTo("runs at 0x1001 in 32-bit protected mode, CPL 3");
    }

    @Test
    void shouldNotMindAnInstructionPointerThatLeadsNowhere() {
        protectedMode(0);
        assertThat(Whereabouts.of(memory, state)).startsWith("runs at 0x0 in 32-bit");
        state.rip = 0xffff_ffffL;
        assertThat(Whereabouts.of(memory, state)).startsWith("runs at 0xffffffff in 32-bit");
    }

    @Test
    void shouldTellAVcpuThatWasNeverStarted() {
        state.rip = 0xfff0;
        state.segments[CpuState.CS].set(0xf000, 0xffff_0000L, 0xffff, 0x9b);
        assertThat(Whereabouts.of(memory, state)).isEqualTo("waits to be started");
    }
}
