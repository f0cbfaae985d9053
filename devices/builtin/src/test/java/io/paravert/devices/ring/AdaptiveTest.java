package io.paravert.devices.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.devices.ring.IdlePolicies.Adaptive;
import io.paravert.devices.ring.IdlePolicy.Step;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/** How long an idle ring is polled. */
@DisabledIf("hasOneCore")
class AdaptiveTest {
    private static final long LOOK = 100;

    private long now;
    private final Adaptive policy = new Adaptive(() -> now);

    static boolean hasOneCore() {
        return Runtime.getRuntime().availableProcessors() == 1;
    }

    @BeforeEach
    void beginSomewhere() {
        now = Long.MAX_VALUE - 1_000_000;
    }

    /** Looks in vain until it sleeps; how long that took. */
    private long waitInVain() {
        for (long idle = LOOK; ; idle += LOOK) {
            now += LOOK;
            if (policy.next(idle) == Step.SLEEP) {
                return idle;
            }
        }
    }

    @Test
    void shouldPollHalfAsLongAfterEachWaitInVain() {
        assertThat(waitInVain()).isEqualTo(Adaptive.LONGEST);
        assertThat(waitInVain()).isEqualTo(Adaptive.LONGEST / 2);
        for (int i = 0; i < 20; i++) {
            waitInVain();
        }
        assertThat(waitInVain()).isEqualTo(Adaptive.SHORTEST);
    }

    @Test
    void shouldPollTwiceAsLongAfterEachFind() {
        for (int i = 0; i < 20; i++) {
            waitInVain();
        }
        policy.found(LOOK);
        assertThat(waitInVain()).isEqualTo(2 * Adaptive.SHORTEST);
        for (int i = 0; i < 20; i++) {
            policy.found(LOOK);
        }
        assertThat(waitInVain()).isEqualTo(Adaptive.LONGEST);
    }

    @Test
    void shouldSpinFirstAndThenLeaveTheCoreToOthers() {
        assertThat(policy.next(LOOK)).isEqualTo(Step.SPIN);
        assertThat(policy.next(Adaptive.LONGEST / 2)).isEqualTo(Step.YIELD);
    }

    @Test
    void shouldNotPollForAWhileAfterAnotherThreadHadTheCore() {
        policy.next(LOOK);
        now += 4_000_000;
        assertThat(policy.next(LOOK + 4_000_000)).isEqualTo(Step.SLEEP);
        for (int i = 0; i < 5; i++) {
            policy.found(LOOK);
        }
        now += Adaptive.CALM / 2;
        assertThat(waitInVain()).as("still calm").isEqualTo(LOOK);
        now += Adaptive.CALM;
        assertThat(waitInVain()).as("it is tried again").isEqualTo(Adaptive.LONGEST);
    }
}
