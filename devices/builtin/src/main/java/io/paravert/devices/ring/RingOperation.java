package io.paravert.devices.ring;

import io.paravert.abi.IoOp;
import io.paravert.abi.RingEntryFlag;
import io.paravert.abi.RingSubmissionLayout;
import io.paravert.device.GuestMemoryView;
import io.paravert.devices.path.IoService;
import io.paravert.devices.path.MappedRequest;
import java.util.Objects;

/** A submission that was taken from a ring. Used again and again. */
final class RingOperation extends MappedRequest {
    private final ServedRing ring;
    private final GuestMemoryView memory;
    private final byte[] inline = new byte[RingSubmissionLayout.INLINE_DATA_COUNT];
    /** Taken and not completed. */
    boolean active;

    long userData;
    int operation;
    int flags;
    private long length;
    long place;
    private long gpa;

    RingOperation(ServedRing ring, GuestMemoryView memory) {
        super(memory);
        this.ring = ring;
        this.memory = memory;
    }

    /** Reads each field of the entry once. */
    void load(long entry) {
        userData = memory.getLong(entry + RingSubmissionLayout.USER_DATA_OFFSET);
        operation = memory.getShort(entry + RingSubmissionLayout.OP_OFFSET) & 0xffff;
        flags = memory.getShort(entry + RingSubmissionLayout.FLAGS_OFFSET) & 0xffff;
        length = memory.getInt(entry + RingSubmissionLayout.BYTES_OFFSET) & 0xffff_ffffL;
        place = memory.getLong(entry + RingSubmissionLayout.OFFSET_OFFSET);
        gpa = memory.getLong(entry + RingSubmissionLayout.GPA_OFFSET);
        if (isInline()) {
            memory.read(entry + RingSubmissionLayout.INLINE_DATA_OFFSET, inline, 0, inline.length);
        }
    }

    private boolean isInline() {
        return (flags & RingEntryFlag.INLINE) != 0;
    }

    boolean isBarrier() {
        return (flags & RingEntryFlag.BARRIER) != 0;
    }

    boolean wantsCompletion(long result) {
        return result < 0 || (flags & RingEntryFlag.NO_COMPLETION) == 0;
    }

    /** Data in the entry goes one way only, to the device, and is no more than the entry has. */
    boolean isSound() {
        return !isInline() || (length <= inline.length && operation != IoOp.READ && operation != IoOp.RECEIVE);
    }

    void begin(IoService service) {
        if (isInline()) {
            submitInline(service, operation, place, length);
        } else {
            submit(service, operation, place, gpa, length);
        }
    }

    @Override
    public void read(byte[] target, int at, int count) {
        if (isInline()) {
            Objects.checkFromIndexSize(0, count, inline.length);
            System.arraycopy(inline, 0, target, at, count);
        } else {
            super.read(target, at, count);
        }
    }

    @Override
    public void complete(long result) {
        ring.completed(this, result);
    }
}
