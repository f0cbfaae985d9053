package io.paravert.devices.net;

/** Which frames the driver wants, virtio 1.2, 5.1.6.5.1 and 5.1.6.5.2. Before it says, all. */
final class ReceiveFilter {
    /** Addresses in each of the two tables; a driver with more gets all frames of that kind, as 5.1.6.5.2 permits. */
    static final int TABLE = 64;

    /** Commands of class VIRTIO_NET_CTRL_RX, each an on or off; their number is the bit of {@link #modes}. */
    static final int PROMISC = 0;

    static final int ALLMULTI = 1;
    static final int ALLUNI = 2;
    static final int NOMULTI = 3;
    static final int NOUNI = 4;
    static final int NOBCAST = 5;

    private final Table unicast = new Table();
    private final Table multicast = new Table();
    private long own;
    private int modes;

    /** Addresses that were listed. */
    static final class Table {
        private final long[] addresses = new long[TABLE];
        private int count;
        private boolean overflown;

        void clear() {
            count = 0;
            overflown = false;
        }

        void add(long mac) {
            if (count == TABLE) {
                overflown = true;
            } else {
                addresses[count++] = mac;
            }
        }

        boolean holds(long mac) {
            if (overflown) {
                return true;
            }
            for (int i = 0; i < count; i++) {
                if (addresses[i] == mac) {
                    return true;
                }
            }
            return false;
        }
    }

    ReceiveFilter(long own) {
        reset(own);
    }

    void reset(long mac) {
        own = mac;
        modes = 1 << PROMISC;
        unicast.clear();
        multicast.clear();
    }

    void setOwn(long mac) {
        own = mac;
    }

    void setMode(int command, boolean on) {
        modes = on ? modes | 1 << command : modes & ~(1 << command);
    }

    Table unicast() {
        return unicast;
    }

    Table multicast() {
        return multicast;
    }

    private boolean is(int mode) {
        return (modes & 1 << mode) != 0;
    }

    /** @param mac a frame's destination */
    boolean accepts(long mac) {
        if (is(PROMISC)) {
            return true;
        }
        if (mac == MacAddress.BROADCAST) {
            return !is(NOBCAST);
        }
        if (MacAddress.isGroup(mac)) {
            return !is(NOMULTI) && (is(ALLMULTI) || multicast.holds(mac));
        }
        return !is(NOUNI) && (is(ALLUNI) || mac == own || unicast.holds(mac));
    }
}
