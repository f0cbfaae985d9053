package io.paravert.devices.ring;

import io.paravert.abi.Limit;
import io.paravert.abi.PvError;
import io.paravert.abi.RingCompletionLayout;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.abi.RingMagic;
import io.paravert.abi.RingMode;
import io.paravert.abi.RingSubmissionLayout;
import io.paravert.device.DeviceError;
import io.paravert.device.GuestMemoryView;

/**
 * Where the parts of a ring lie, read once from its header and checked.
 *
 * @param gpa of the header
 * @param submissions GPA of the submission queue
 * @param completions GPA of the completion queue
 * @param submissionEntries a power of two
 * @param completionEntries a power of two, not below {@code submissionEntries}
 * @param mode RingMode
 */
record RingGeometry(
        long gpa, long submissions, long completions, int submissionEntries, int completionEntries, int mode) {

    /** Queues lie on cache lines. */
    private static final long ALIGNMENT = 64;

    /** @throws DeviceError -EINVAL if the header makes no sense */
    static RingGeometry read(GuestMemoryView memory, long gpa) {
        require(memory.getInt(gpa + RingHeaderLayout.MAGIC_OFFSET) == RingMagic.MAGIC, "no magic");
        int version = memory.getInt(gpa + RingHeaderLayout.VERSION_OFFSET);
        require(version == RingMagic.VERSION, "version " + version);
        long bytes = memory.getLong(gpa + RingHeaderLayout.BYTES_OFFSET);
        require(bytes >= RingHeaderLayout.SIZE && memory.contains(gpa, bytes), "bytes " + bytes);
        long submissions = memory.getLong(gpa + RingHeaderLayout.SUBMISSION_OFFSET_OFFSET);
        long completions = memory.getLong(gpa + RingHeaderLayout.COMPLETION_OFFSET_OFFSET);
        int submissionEntries = memory.getInt(gpa + RingHeaderLayout.SUBMISSION_ENTRIES_OFFSET);
        int completionEntries = memory.getInt(gpa + RingHeaderLayout.COMPLETION_ENTRIES_OFFSET);
        int mode = memory.getInt(gpa + RingHeaderLayout.MODE_OFFSET);
        requireEntries(submissionEntries);
        requireEntries(completionEntries);
        require(completionEntries >= submissionEntries, "fewer completions than submissions");
        long submissionBytes = (long) submissionEntries * RingSubmissionLayout.SIZE;
        long completionBytes = (long) completionEntries * RingCompletionLayout.SIZE;
        requireInside(submissions, submissionBytes, bytes);
        requireInside(completions, completionBytes, bytes);
        require(
                submissions + submissionBytes <= completions || completions + completionBytes <= submissions,
                "the queues overlap");
        require(mode >= RingMode.DOORBELL && mode <= RingMode.POLLING, "mode " + mode);
        return new RingGeometry(gpa, gpa + submissions, gpa + completions, submissionEntries, completionEntries, mode);
    }

    private static void requireEntries(int entries) {
        require(
                entries > 0 && entries <= Limit.RING_ENTRIES && Integer.bitCount(entries) == 1,
                entries + " entries: give a power of two up to " + Limit.RING_ENTRIES);
    }

    private static void requireInside(long offset, long length, long bytes) {
        require(
                offset >= RingHeaderLayout.SIZE && offset % ALIGNMENT == 0 && offset <= bytes - length,
                "a queue of " + length + " bytes at offset " + offset + " of " + bytes);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new DeviceError(PvError.EINVAL, "ring: " + otherwise);
        }
    }
}
