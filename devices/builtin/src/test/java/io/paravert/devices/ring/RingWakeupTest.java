package io.paravert.devices.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.IoOp;
import io.paravert.abi.RingMode;
import io.paravert.devices.block.BlockDevice;
import io.paravert.devices.block.MemoryStore;
import io.paravert.testkit.RingDriver;
import io.paravert.testkit.TestMachine;
import java.lang.invoke.VarHandle;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who falls asleep while the other has just spoken would sleep for ever: the driver here rings, and looks for completions, only when
 * the protocol says so, at moments that drift through the device's way to sleep. A lost wake-up is a wait that ends in a failure.
 */
class RingWakeupTest {
    private static final int ROUNDS = 15_000;
    private static final long SEED = 20_261_125;
    /** Longer than a device needs to fall asleep in doorbell mode, in loops of some nanoseconds. */
    private static final int LONGEST_PAUSE = 600;

    private final TestMachine machine =
            new TestMachine().plug(new BlockDevice(new MemoryStore(1 << 20), BlockDevice.Settings.USUAL));

    @AfterEach
    void close() {
        machine.close();
    }

    private RingDriver ring(int mode) {
        RingDriver ring = new RingDriver(machine, 16, mode);
        assertThat(ring.open()).isZero();
        return ring;
    }

    private static void pause(SplittableRandom random) {
        for (int left = random.nextInt(LONGEST_PAUSE); left > 0; left--) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {RingMode.DOORBELL, RingMode.ADAPTIVE})
    void shouldServeWhatComesWhileTheDeviceFallsAsleep(int mode) {
        RingDriver ring = ring(mode);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(ring.run(IoOp.NOP, 0, 0, 0)).isZero();
            pause(random);
        }
        assertThat(ring.doorbells()).as("the device slept, seed %d", SEED).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {RingMode.DOORBELL, RingMode.ADAPTIVE})
    void shouldWakeADriverThatFallsAsleepWhileItsCompletionIsWritten(int mode) {
        RingDriver ring = ring(mode);
        SplittableRandom random = new SplittableRandom(SEED);
        int slept = 0;
        // Nothing forces a round in which the driver sleeps: how many rounds that takes is the scheduler's choice.
        for (int i = 0; i < ROUNDS || mode == RingMode.ADAPTIVE && slept == 0 && i < 20 * ROUNDS; i++) {
            int heard = ring.events();
            boolean early = random.nextBoolean();
            ring.wantEvents(early);
            ring.submit(IoOp.NOP, 0, 0, 0);
            if (!early) {
                pause(random);
                ring.wantEvents(true);
            }
            VarHandle.fullFence();
            boolean come = ring.poll().isPresent();
            slept += come ? 0 : 1;
            while (!come) {
                // An event too many, for what was taken without one, is no fault.
                int last = heard;
                machine.await("the event of round " + i + ", seed " + SEED, () -> ring.events() > last);
                heard = ring.events();
                come = ring.poll().isPresent();
            }
            ring.wantEvents(false);
        }
        // In doorbell mode the device's turn is often over before the doorbell's write returns: no round need sleep
        // there.
        if (mode == RingMode.ADAPTIVE) {
            assertThat(slept).as("rounds in which the driver slept").isPositive();
        }
    }
}
