package io.paravert.testkit;

import io.paravert.testkit.VirtioCases.Bench;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a device must stand whose back end is slow or fails: see {@link SlowBackEnd}. */
final class BackEndCases {
    private static final int REQUESTS = 4;

    private final Bench bench;
    private final RingFormat format;
    private final int queues;
    private final SlowBackEnd backEnd;

    BackEndCases(Bench bench, RingFormat format, int queues, SlowBackEnd backEnd) {
        this.bench = bench;
        this.format = format;
        this.queues = queues;
        this.backEnd = backEnd;
    }

    /** Some are finished, some have failed, some are under way: whatever it is, a reset ends it, and no byte is written later. */
    void resetsAtEveryPoint() {
        for (int finished = 0; finished < REQUESTS; finished++) {
            for (int failed = 0; finished + failed < REQUESTS; failed++) {
                DriverQueue queue = ask(REQUESTS);
                settle(finished, failed);
                reset("a reset with " + finished + " finished and " + failed + " failed");
                check(queue.poll().isEmpty() || finished + failed > 0, "a buffer was used by a reset");
            }
        }
        works();
    }

    private DriverQueue ask(int requests) {
        bench.machine.memory().freeAll();
        DriverQueue queue = bench.live(format, queues).get(backEnd.queue());
        for (int i = 0; i < requests; i++) {
            queue.offer(backEnd.request(bench.machine.memory()));
        }
        queue.kick();
        bench.machine.await("a request in the back end", () -> waiting() > 0);
        bench.machine.settle();
        return queue;
    }

    private int waiting() {
        int[] count = new int[1];
        bench.machine.runOnDevice(() -> count[0] = backEnd.waiting());
        return count[0];
    }

    private void settle(int finished, int failed) {
        for (int i = 0; i < finished + failed && waiting() > 0; i++) {
            boolean well = i < finished;
            bench.machine.runOnDevice(() -> {
                if (well) {
                    backEnd.finish();
                } else {
                    backEnd.fail();
                }
            });
        }
    }

    private void reset(String what) {
        CompletableFuture<Long> reset = bench.driver.startReset();
        bench.machine.settle();
        while (waiting() > 0) {
            settle(1, 0);
        }
        TestMachine.wait(reset);
        bench.isFresh(queues);
        List<Long> written = new ArrayList<>();
        bench.machine.memory().watchWrites(written::add);
        bench.machine.settle();
        bench.machine.settle();
        bench.machine.memory().watchWrites(gpa -> {});
        check(written.isEmpty(), what + " was over, and the device wrote to " + written);
    }

    /** A reset that the driver asks for while the back end is at work is over no sooner than that. */
    void waitsForWhatIsUnderWay() {
        ask(1);
        CompletableFuture<Long> reset = bench.driver.startReset();
        bench.machine.settle();
        check(waiting() == 0 || !reset.isDone(), "the reset was over while the back end had the driver's memory");
        check(
                waiting() == 0 || bench.driver.status() != 0,
                "the status was 0 while the back end had the driver's memory");
        while (waiting() > 0) {
            settle(1, 0);
        }
        TestMachine.wait(reset);
        works();
    }

    /** A failure fails the request, or makes the device ask for a reset; either way the driver hears of it. */
    void saysThatItFails() {
        DriverQueue queue = ask(1);
        settle(0, 1);
        bench.machine.await(
                "a used buffer, or DEVICE_NEEDS_RESET",
                () -> bench.driver.needsReset() || queue.poll().isPresent());
        check(bench.driver.read(MmioDriver.INTERRUPT_STATUS) != 0, "the driver was not notified");
        reset("a reset of what failed");
        works();
    }

    private void works() {
        DriverQueue queue = ask(1);
        while (waiting() > 0) {
            settle(1, 0);
        }
        queue.await();
        check(!bench.driver.needsReset(), "the device does not work after a reset");
    }

    private static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
