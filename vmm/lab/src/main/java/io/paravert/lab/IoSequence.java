package io.paravert.lab;

import java.util.List;

/** A picture of one operation: three lanes (guest, monitor, device), time downwards; red crosses the guest's border by a trap. */
final class IoSequence {
    private static final int WIDTH = 440;
    private static final int STEP = 28;
    private static final int[] LANES = {60, 220, 380};
    /** Arrows of the longest picture: all are as high, so that short means little to do. */
    private static final int MOST = 5;

    private static final int GUEST = 0;
    private static final int MONITOR = 1;
    private static final int DEVICE = 2;

    private IoSequence() {}

    private record Arrow(int from, int to, boolean trap, String text) {}

    static String of(IoPath path) {
        List<Arrow> arrows = arrows(path);
        int height = 34 + MOST * STEP;
        StringBuilder svg = new StringBuilder("<svg viewBox='0 0 " + WIDTH + " " + height + "' role='img'>");
        String[] names = {"guest", "monitor", "device"};
        for (int lane = 0; lane < LANES.length; lane++) {
            svg.append("<text x='" + LANES[lane] + "' y='16' text-anchor='middle'>" + names[lane] + "</text><line x1='"
                    + LANES[lane] + "' x2='" + LANES[lane] + "' y1='22' y2='" + (height - 4) + "' stroke='#9aa7b5'/>");
        }
        for (int i = 0; i < arrows.size(); i++) {
            arrow(svg, arrows.get(i), 44 + i * STEP);
        }
        return svg.append("</svg>").toString();
    }

    private static void arrow(StringBuilder svg, Arrow arrow, int y) {
        int from = LANES[arrow.from()];
        int to = LANES[arrow.to()];
        int tip = to > from ? -7 : 7;
        String colour = arrow.trap() ? "#c2413b" : "#2a7f62";
        svg.append("<line x1='" + from + "' x2='" + to + "' y1='" + y + "' y2='" + y + "' stroke-width='2' stroke='"
                + colour
                + "'/><path fill='" + colour + "' d='M" + to + "," + y + " l" + tip + ",-4 l0,8 z'/><text x='"
                + (from + to) / 2 + "' y='" + (y - 4) + "' text-anchor='middle'>" + arrow.text() + "</text>");
    }

    private static List<Arrow> arrows(IoPath path) {
        return switch (path) {
            case PORT, MMIO ->
                List.of(
                        new Arrow(GUEST, MONITOR, true, "5 registers: 5 traps"),
                        new Arrow(GUEST, MONITOR, true, "command: trap"),
                        new Arrow(MONITOR, DEVICE, false, "event"),
                        new Arrow(DEVICE, MONITOR, false, "done; vCPU waited"),
                        new Arrow(GUEST, MONITOR, true, "result: trap"));
            case CALL ->
                List.of(
                        new Arrow(GUEST, MONITOR, true, "call: trap"),
                        new Arrow(MONITOR, DEVICE, false, "event"),
                        new Arrow(DEVICE, MONITOR, false, "done; vCPU waited"));
            case MULTICALL ->
                List.of(
                        new Arrow(GUEST, MONITOR, true, "32 calls: trap"),
                        new Arrow(MONITOR, DEVICE, false, "event, 32 times"),
                        new Arrow(DEVICE, MONITOR, false, "done, 32 times"));
            case VIRTIO, VIRTIO_PACKED, VIRTIO_IN_ORDER, VIRTIO_DATA ->
                List.of(
                        new Arrow(GUEST, DEVICE, false, "descriptors, in shared memory"),
                        new Arrow(GUEST, MONITOR, true, "notify, if asked: trap"),
                        new Arrow(MONITOR, DEVICE, false, "event; vCPU goes on"),
                        new Arrow(DEVICE, GUEST, false, "used ring, in shared memory"));
            case VIRTIO_POLLED ->
                List.of(
                        new Arrow(GUEST, DEVICE, false, "descriptors, in shared memory"),
                        new Arrow(DEVICE, GUEST, false, "used ring, in shared memory"));
            case RING_EVENT ->
                List.of(
                        new Arrow(GUEST, DEVICE, false, "entry, in shared memory"),
                        new Arrow(GUEST, MONITOR, true, "store if asleep: trap"),
                        new Arrow(DEVICE, GUEST, false, "completion, in shared memory"));
            case RING_DOORBELL, RING_ADAPTIVE ->
                List.of(
                        new Arrow(GUEST, DEVICE, false, "entry, in shared memory"),
                        new Arrow(GUEST, MONITOR, true, "ring if asleep: trap"),
                        new Arrow(DEVICE, GUEST, false, "completion, in shared memory"));
            case RING_POLLING ->
                List.of(
                        new Arrow(GUEST, DEVICE, false, "entry, in shared memory"),
                        new Arrow(DEVICE, GUEST, false, "completion, in shared memory"));
        };
    }
}
