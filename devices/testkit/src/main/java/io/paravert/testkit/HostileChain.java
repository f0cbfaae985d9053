package io.paravert.testkit;

import static io.paravert.testkit.RawDescriptor.INDIRECT;
import static io.paravert.testkit.RawDescriptor.NEXT;
import static io.paravert.testkit.RawDescriptor.WRITE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a driver must not put in a queue, by name. After each the device has set DEVICE_NEEDS_RESET and notified the driver of
 * it, has used no buffer, and has written nowhere; a reset makes all good again.
 *
 * <p>{@link #provoke} expects a queue that is live, empty, of 4 entries or more, with INDIRECT_DESC negotiated. It does not
 * notify.
 */
public enum HostileChain {
    AVAIL_INDEX_AHEAD_OF_THE_QUEUE_SIZE(
            Formats.SPLIT_ONLY, q -> split(q).setAvailIdx(split(q).availIdx() + q.size() + 1)),
    AVAIL_INDEX_RUNS_BACKWARDS(Formats.SPLIT_ONLY, q -> split(q).setAvailIdx(split(q).availIdx() - 1)),
    HEAD_OUT_OF_RANGE(Formats.SPLIT_ONLY, q -> split(q).offerHead(q.size())),
    HEAD_AT_ITS_LARGEST(Formats.SPLIT_ONLY, q -> split(q).offerHead(0xffff)),
    SAME_HEAD_TWICE(Formats.SPLIT_ONLY, q -> {
        split(q).writeDescriptor(0, buffer(q, 8, WRITE), 0);
        split(q).offerHead(0);
        split(q).offerHead(0);
    }) {
        @Override
        public boolean needsAnIdleDevice() {
            return true;
        }
    },
    NEXT_OUT_OF_RANGE(Formats.SPLIT_ONLY, q -> q.offerRaw(List.of(with(buffer(q, 8, NEXT), q.size())))),
    LOOP_OF_ONE(Formats.SPLIT_ONLY, q -> {
        split(q).writeDescriptor(2, buffer(q, 8, NEXT), 2);
        split(q).offerHead(2);
    }),
    LOOP_OF_THREE(Formats.SPLIT_ONLY, q -> {
        split(q).writeDescriptor(0, buffer(q, 8, NEXT), 1);
        split(q).writeDescriptor(1, buffer(q, 8, NEXT), 2);
        split(q).writeDescriptor(2, buffer(q, 8, NEXT), 0);
        split(q).offerHead(0);
    }),
    LIST_LONGER_THAN_THE_QUEUE(
            Formats.PACKED_ONLY, q -> packed(q).offerRaw(Collections.nCopies(q.size() + 1, buffer(q, 8, NEXT)), 0)),
    LIST_WITHOUT_END(
            Formats.PACKED_ONLY, q -> packed(q).offerRaw(Collections.nCopies(q.size(), buffer(q, 8, NEXT)), 0)),
    LIST_RUNS_INTO_WHAT_IS_NOT_AVAILABLE(Formats.PACKED_ONLY, q -> packed(q).offerRaw(List.of(buffer(q, 8, NEXT)), 0)),
    BUFFER_ID_OUT_OF_RANGE(Formats.PACKED_ONLY, q -> packed(q).offerRaw(List.of(buffer(q, 8, WRITE)), q.size())),
    BUFFER_ID_AT_ITS_LARGEST(Formats.PACKED_ONLY, q -> packed(q).offerRaw(List.of(buffer(q, 8, WRITE)), 0xffff)),
    SAME_BUFFER_ID_TWICE(Formats.PACKED_ONLY, q -> {
        packed(q).offerRaw(List.of(buffer(q, 8, WRITE)), 1);
        packed(q).offerRaw(List.of(buffer(q, 8, WRITE)), 1);
    }) {
        @Override
        public boolean needsAnIdleDevice() {
            return true;
        }
    },
    INDIRECT_BEHIND_A_DIRECT_DESCRIPTOR(
            Formats.PACKED_ONLY, q -> packed(q).offerRaw(List.of(buffer(q, 8, NEXT), table(q, buffer(q, 8, 0))), 0)),
    TOTAL_LENGTH_OVER_4_GIB(q -> q.offerRaw(
            chained(elementsOver4Gib(q), new RawDescriptor(0, q.memory().size(), 0)))) {
        @Override
        public boolean appliesTo(DriverQueue queue) {
            return elementsOver4Gib(queue) <= queue.size();
        }
    },
    TOTAL_LENGTH_OVER_4_GIB_IN_A_TABLE(q -> q.offerRaw(List.of(table(
            q,
            chained(elementsOver4Gib(q), new RawDescriptor(0, q.memory().size(), 0))
                    .toArray(RawDescriptor[]::new))))) {
        @Override
        public boolean appliesTo(DriverQueue queue) {
            return elementsOver4Gib(queue) <= queue.size();
        }
    },
    ZERO_LENGTH(q -> q.offerRaw(List.of(buffer(q, 0, WRITE)))),
    ZERO_LENGTH_BEHIND_OTHERS(q -> q.offerRaw(List.of(buffer(q, 8, NEXT), buffer(q, 0, 0)))),
    ZERO_LENGTH_IN_A_TABLE(q -> q.offerRaw(List.of(table(q, buffer(q, 8, NEXT), buffer(q, 0, WRITE))))),
    READABLE_BEHIND_WRITABLE(q -> q.offerRaw(List.of(buffer(q, 8, WRITE | NEXT), buffer(q, 8, 0)))),
    READABLE_BEHIND_WRITABLE_IN_A_TABLE(q ->
            q.offerRaw(List.of(table(q, buffer(q, 8, WRITE | NEXT), buffer(q, 8, 0))))),
    NESTED_INDIRECT(Formats.SPLIT_ONLY, q -> {
        RawDescriptor inner = table(q, buffer(q, 8, 0));
        q.offerRaw(List.of(table(q, inner)));
    }),
    INDIRECT_WITH_NEXT(q -> {
        RawDescriptor table = table(q, buffer(q, 8, 0));
        q.offerRaw(List.of(new RawDescriptor(table.gpa(), table.length(), INDIRECT | NEXT), buffer(q, 8, 0)));
    }),
    INDIRECT_LENGTH_ZERO(q ->
            q.offerRaw(List.of(new RawDescriptor(table(q, buffer(q, 8, 0)).gpa(), 0, INDIRECT)))),
    INDIRECT_LENGTH_NOT_A_MULTIPLE_OF_16(q ->
            q.offerRaw(List.of(new RawDescriptor(table(q, buffer(q, 8, 0)).gpa(), 24, INDIRECT)))),
    INDIRECT_TABLE_OUT_OF_MEMORY(
            q -> q.offerRaw(List.of(new RawDescriptor(q.memory().size() - 16, 32, INDIRECT)))),
    INDIRECT_TABLE_WRAPS(q -> q.offerRaw(List.of(new RawDescriptor(-16, 32, INDIRECT)))),
    INDIRECT_NEXT_OUT_OF_RANGE(
            Formats.SPLIT_ONLY, q -> q.offerRaw(List.of(table(q, with(buffer(q, 8, NEXT), 2), buffer(q, 8, 0))))),
    INDIRECT_LOOP(
            Formats.SPLIT_ONLY,
            q -> q.offerRaw(List.of(table(q, with(buffer(q, 8, NEXT), 1), with(buffer(q, 8, NEXT), 0))))),
    INDIRECT_TABLE_OF_4_GIB_BUT_16(q -> q.offerRaw(List.of(new RawDescriptor(0, 0xffff_fff0L, INDIRECT)))),
    UNKNOWN_FLAGS(q -> q.offerRaw(List.of(buffer(q, 8, WRITE | 1 << 3)))),
    UNKNOWN_FLAGS_AT_THE_TOP(q -> q.offerRaw(List.of(buffer(q, 8, 1 << 14)))),
    BUFFER_OUT_OF_MEMORY(q -> q.offerRaw(List.of(new RawDescriptor(q.memory().size(), 1, WRITE)))),
    BUFFER_ACROSS_THE_END_OF_MEMORY(
            q -> q.offerRaw(List.of(new RawDescriptor(q.memory().size() - 8, 9, 0)))),
    BUFFER_WRAPS(q -> q.offerRaw(List.of(new RawDescriptor(-8, 16, WRITE)))),
    BUFFER_AT_THE_TOP_OF_SIGNED_ADDRESSES(q -> q.offerRaw(List.of(new RawDescriptor(Long.MAX_VALUE, 16, WRITE))));

    /** Which formats a case makes sense for. */
    private enum Formats {
        BOTH,
        SPLIT_ONLY,
        PACKED_ONLY
    }

    private interface Script {
        void run(DriverQueue queue);
    }

    private final Formats formats;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Script script;

    HostileChain(Script script) {
        this(Formats.BOTH, script);
    }

    HostileChain(Formats formats, Script script) {
        this.formats = formats;
        this.script = script;
    }

    /** True if the case exists in this format. */
    public boolean appliesTo(RingFormat format) {
        return formats == Formats.BOTH || (formats == Formats.SPLIT_ONLY) == (format == RingFormat.SPLIT);
    }

    /** True if the case exists for a queue of this format and size over this memory. */
    public boolean appliesTo(DriverQueue queue) {
        return appliesTo(queue.format());
    }

    /** True if it is wrong only while the device still has the first of two buffers, so that it must not finish it at once. */
    public boolean needsAnIdleDevice() {
        return false;
    }

    public void provoke(DriverQueue queue) {
        script.run(queue);
    }

    private static SplitDriverQueue split(DriverQueue queue) {
        return (SplitDriverQueue) queue;
    }

    private static PackedDriverQueue packed(DriverQueue queue) {
        return (PackedDriverQueue) queue;
    }

    private static RawDescriptor buffer(DriverQueue queue, int length, int flags) {
        return new RawDescriptor(queue.memory().allocate(16, 8), length, flags);
    }

    private static RawDescriptor with(RawDescriptor descriptor, int next) {
        return new RawDescriptor(descriptor.gpa(), descriptor.length(), descriptor.flags(), next);
    }

    private static RawDescriptor table(DriverQueue queue, RawDescriptor... entries) {
        long gpa = queue.memory().allocate(16L * entries.length, 16);
        queue.writeTable(gpa, List.of(entries));
        return new RawDescriptor(gpa, 16L * entries.length, INDIRECT);
    }

    private static List<RawDescriptor> chained(int count, RawDescriptor each) {
        RawDescriptor linked = new RawDescriptor(each.gpa(), each.length(), each.flags() | NEXT);
        List<RawDescriptor> all = new ArrayList<>(Collections.nCopies(count - 1, linked));
        all.add(each);
        return all;
    }

    private static int elementsOver4Gib(DriverQueue queue) {
        return (int) ((1L << 32) / queue.memory().size()) + 1;
    }
}
