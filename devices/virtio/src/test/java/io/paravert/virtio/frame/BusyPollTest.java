package io.paravert.virtio.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long an idle device looks for more. */
class BusyPollTest {
    private static final long LONGEST = 200_000;

    private long now;
    private final BusyPoll poll = new BusyPoll(Duration.ofNanos(LONGEST), () -> now);

    /** Waits until it sleeps, with nothing to find; how long that took. */
    private long waitInVain() {
        assertThat(poll.begins()).isTrue();
        long start = now;
        long turn = now;
        while (true) {
            switch (poll.next(turn)) {
                case LOOK -> now += 1_000;
                case LATER -> turn = now;
                case SLEEP -> {
                    return now - start;
                }
            }
        }
    }

    @Test
    void shouldLookHalfAsLongAfterEachWaitInVainDownToAFloor() {
        assertThat(waitInVain()).isEqualTo(LONGEST);
        assertThat(waitInVain()).isEqualTo(LONGEST / 2);
        assertThat(waitInVain()).isEqualTo(LONGEST / 4);
        for (int i = 0; i < 20; i++) {
            waitInVain();
        }
        assertThat(waitInVain()).isEqualTo(2_000);
    }

    @Test
    void shouldLookTwiceAsLongAfterEachFindUpToTheLongest() {
        waitInVain();
        waitInVain();
        for (int i = 0; i < 3; i++) {
            poll.begins();
            poll.found();
        }
        assertThat(waitInVain()).isEqualTo(LONGEST);
    }

    @Test
    void shouldNotCountAFindThatWasNotWaitedFor() {
        waitInVain();
        for (int i = 0; i < 10; i++) {
            poll.found();
        }
        assertThat(waitInVain()).isEqualTo(LONGEST / 2);
    }

    @Test
    void shouldLetTheDevicesOtherEventsHaveTheirTurn() {
        assertThat(poll.begins()).isTrue();
        long turn = now;
        now += 49_000;
        assertThat(poll.next(turn)).isEqualTo(BusyPoll.Step.LOOK);
        now += 1_000;
        assertThat(poll.next(turn)).isEqualTo(BusyPoll.Step.LATER);
        assertThat(poll.begins()).as("the same wait goes on").isFalse();
        assertThat(poll.next(now)).isEqualTo(BusyPoll.Step.LOOK);
    }

    @Test
    void shouldSleepAtOnceWhenItIsNotToPoll() {
        BusyPoll never = new BusyPoll(Duration.ZERO, () -> now);
        assertThat(never.begins()).isFalse();
        assertThat(never.next(now)).isEqualTo(BusyPoll.Step.SLEEP);
    }

    @Test
    void shouldNotPollForAWhileAfterAnotherThreadHadTheCore() {
        assertThat(poll.begins()).isTrue();
        now += 4_000_000;
        assertThat(poll.next(now)).isEqualTo(BusyPoll.Step.SLEEP);
        assertThat(poll.begins()).isTrue();
        assertThat(poll.next(now)).as("still calm").isEqualTo(BusyPoll.Step.SLEEP);
        now += 101_000_000;
        assertThat(waitInVain()).as("it is tried again").isPositive();
    }
}
