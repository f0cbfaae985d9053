package io.paravert.testkit;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.abi.RingCompletionLayout;
import io.paravert.abi.RingFlag;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.abi.RingMagic;
import io.paravert.abi.RingSubmissionLayout;
import io.paravert.device.DeviceError;
import io.paravert.device.RingService;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A guest's side of a shared-memory ring, as docs/abi.md describes it, that does as it is told: also what is wrong. */
public final class RingDriver {
    private static final int PAGE = 4096;
    /** The event that counts completion events; devices use the low ones. */
    private static final int EVENT = 63;

    private final TestMachine machine;
    private final long gpa;
    private final int entries;
    private int tail;
    private int head;
    private int doorbells;
    private RingService.@Nullable Ring ring;

    /** What came back. */
    public record Completion(long userData, int op, long result) {}

    /**
     * Lays a ring out in the machine's memory; the device does not know of it yet.
     *
     * @param mode RingMode
     */
    public RingDriver(TestMachine machine, int entries, int mode) {
        this.machine = machine;
        this.entries = entries;
        this.gpa = machine.memory().allocate(bytes(entries), PAGE);
        layOut(machine.memory(), gpa, entries, mode);
    }

    private static long bytes(int entries) {
        return RingHeaderLayout.SIZE + (long) entries * (RingSubmissionLayout.SIZE + RingCompletionLayout.SIZE);
    }

    /** Writes the header of an empty ring, and zeros behind it. */
    static void layOut(TestMemory memory, long gpa, int entries, int mode) {
        long submissions = RingHeaderLayout.SIZE;
        long completions = submissions + (long) entries * RingSubmissionLayout.SIZE;
        memory.write(gpa, new byte[(int) bytes(entries)], 0, (int) bytes(entries));
        memory.putInt(gpa + RingHeaderLayout.MAGIC_OFFSET, RingMagic.MAGIC);
        memory.putInt(gpa + RingHeaderLayout.VERSION_OFFSET, RingMagic.VERSION);
        memory.putLong(gpa + RingHeaderLayout.BYTES_OFFSET, bytes(entries));
        memory.putLong(gpa + RingHeaderLayout.SUBMISSION_OFFSET_OFFSET, submissions);
        memory.putLong(gpa + RingHeaderLayout.COMPLETION_OFFSET_OFFSET, completions);
        memory.putInt(gpa + RingHeaderLayout.SUBMISSION_ENTRIES_OFFSET, entries);
        memory.putInt(gpa + RingHeaderLayout.COMPLETION_ENTRIES_OFFSET, entries);
        memory.putInt(gpa + RingHeaderLayout.MODE_OFFSET, mode);
    }

    /** GPA of the header. */
    public long gpa() {
        return gpa;
    }

    /** Writes a field of the header, right or wrong. */
    public void putInt(int field, int value) {
        machine.memory().putIntRelease(gpa + field, value);
    }

    /** Writes a field of the header, right or wrong. */
    public void putLong(int field, long value) {
        machine.memory().putLong(gpa + field, value);
    }

    public int getInt(int field) {
        return machine.memory().getIntAcquire(gpa + field);
    }

    /** RING_SETUP: 0, or a negative error. */
    public int open() {
        CompletableFuture<RingService.Ring> opening = machine.openRing(0, gpa, EVENT);
        try {
            ring = opening.get(20, TimeUnit.SECONDS);
            return 0;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeviceError error) {
                return -error.number();
            }
            throw new AssertionError("the device failed", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer to the setup of a ring", e);
        }
    }

    private RingService.Ring ring() {
        RingService.Ring open = ring;
        if (open == null) {
            throw new IllegalStateException("the ring is not open");
        }
        return open;
    }

    /** RING_TEARDOWN, without waiting. */
    public CompletableFuture<Void> startClose() {
        return machine.closeRing(ring());
    }

    /** RING_TEARDOWN. */
    public void close() {
        TestMachine.wait(startClose());
    }

    /** Writes an entry, and does not publish it. Its user data is a number that grows by one, and is returned. */
    public long prepare(int op, int flags, long offset, long data, int bytes) {
        long userData = tail & 0xffff_ffffL;
        long entry = entry(tail);
        TestMemory memory = machine.memory();
        memory.putLong(entry + RingSubmissionLayout.USER_DATA_OFFSET, userData);
        memory.putShort(entry + RingSubmissionLayout.OP_OFFSET, (short) op);
        memory.putShort(entry + RingSubmissionLayout.FLAGS_OFFSET, (short) flags);
        memory.putInt(entry + RingSubmissionLayout.BYTES_OFFSET, bytes);
        memory.putLong(entry + RingSubmissionLayout.OFFSET_OFFSET, offset);
        memory.putLong(entry + RingSubmissionLayout.GPA_OFFSET, data);
        tail++;
        return userData;
    }

    /** GPA of an entry by its counter. */
    public long entry(int counter) {
        return gpa + RingHeaderLayout.SIZE + (long) (counter & entries - 1) * RingSubmissionLayout.SIZE;
    }

    /** Publishes what was prepared, and rings if the device sleeps. */
    public void publish() {
        putInt(RingHeaderLayout.SUBMISSION_TAIL_OFFSET, tail);
        ringIfAsleep();
    }

    /** Rings if the device sleeps. */
    public void ringIfAsleep() {
        java.lang.invoke.VarHandle.fullFence();
        if ((getInt(RingHeaderLayout.SUBMISSION_FLAGS_OFFSET) & RingFlag.NEED_WAKEUP) != 0) {
            doorbell();
        }
    }

    /** Rings, needed or not. */
    public void doorbell() {
        doorbells++;
        machine.runOnDevice(ring()::doorbell);
    }

    /** How often it rang. */
    public int doorbells() {
        return doorbells;
    }

    public long submit(int op, long offset, long data, int bytes) {
        long userData = prepare(op, 0, offset, data, bytes);
        publish();
        return userData;
    }

    /** Submits one operation and waits for it. */
    public long run(int op, long offset, long data, int bytes) {
        long userData = submit(op, offset, data, bytes);
        Completion completion = await();
        if (completion.userData() != userData || completion.op() != op) {
            throw new AssertionError("submitted " + userData + " op " + op + ", and " + completion + " came");
        }
        return completion.result();
    }

    public Optional<Completion> poll() {
        int there = getInt(RingHeaderLayout.COMPLETION_TAIL_OFFSET);
        if (Integer.compareUnsigned(there - head, entries) > 0) {
            throw new AssertionError("completion tail " + there + " is more than " + entries + " ahead of " + head);
        }
        if (there == head) {
            return Optional.empty();
        }
        long entry = gpa
                + RingHeaderLayout.SIZE
                + (long) entries * RingSubmissionLayout.SIZE
                + (long) (head & entries - 1) * RingCompletionLayout.SIZE;
        TestMemory memory = machine.memory();
        Completion completion = new Completion(
                memory.getLong(entry + RingCompletionLayout.USER_DATA_OFFSET),
                memory.getShort(entry + RingCompletionLayout.OP_OFFSET),
                memory.getLong(entry + RingCompletionLayout.RESULT_OFFSET));
        head++;
        putInt(RingHeaderLayout.COMPLETION_HEAD_OFFSET, head);
        return Optional.of(completion);
    }

    public Completion await() {
        Completion[] got = new Completion[1];
        machine.await("a completion", () -> {
            Optional<Completion> completion = poll();
            completion.ifPresent(c -> got[0] = c);
            return completion.isPresent() || status() != 0;
        });
        if (status() != 0) {
            throw new AssertionError("the ring was given up: " + status());
        }
        return got[0];
    }

    /** 0, or the negative error for which the device gave the ring up. */
    public int status() {
        return getInt(RingHeaderLayout.STATUS_OFFSET);
    }

    /** Waits until the device has given the ring up for breaking the protocol. */
    public void awaitBroken() {
        machine.await("status -EPROTO", () -> status() == -PvError.EPROTO);
    }

    /** Whether the device sleeps and has to be woken. */
    public boolean deviceSleeps() {
        return (getInt(RingHeaderLayout.SUBMISSION_FLAGS_OFFSET) & RingFlag.NEED_WAKEUP) != 0;
    }

    /** Asks for an event with the next completions, or not. */
    public void wantEvents(boolean wanted) {
        putInt(RingHeaderLayout.COMPLETION_FLAGS_OFFSET, wanted ? RingFlag.NEED_WAKEUP : 0);
    }

    /** Completion events so far. */
    public int events() {
        return machine.raised(EVENT);
    }

    /** An operation that does nothing. */
    public long nop() {
        return run(IoOp.NOP, 0, 0, 0);
    }
}
