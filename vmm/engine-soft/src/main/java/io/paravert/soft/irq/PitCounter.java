package io.paravert.soft.irq;

/** One counter of the 8254, modes 0 to 5, binary and BCD. Times are input clock ticks; callers hold the chip's lock. */
final class PitCounter {
    private static final int LOW = 1;
    private static final int HIGH = 2;

    private int mode;
    private int access = 3;
    private boolean bcd;
    private int reload = 0x10000;
    private int latchedLow = -1;
    private boolean highNext;
    private boolean loaded;
    private boolean gate = true;
    private long started;
    /** Ticks that had passed when the gate stopped the count, -1 while it runs. */
    private long heldAt = -1;

    private int latch = -1;
    private boolean latchHighNext;
    private int status = -1;

    boolean gate() {
        return gate;
    }

    boolean periodic() {
        return mode == 2 || mode == 3;
    }

    void control(int value, long now) {
        int wanted = value >>> 4 & 3;
        if (wanted == 0) {
            latchCount(now);
            return;
        }
        access = wanted;
        int m = value >>> 1 & 7;
        mode = m > 5 ? m - 4 : m;
        bcd = (value & 1) != 0;
        loaded = false;
        highNext = false;
        latchHighNext = false;
        latch = -1;
        status = -1;
        latchedLow = -1;
        heldAt = -1;
    }

    private void latchCount(long now) {
        if (latch < 0) {
            latch = count(now);
            latchHighNext = access == HIGH;
        }
    }

    void readBack(boolean count, boolean wantStatus, long now) {
        if (count) {
            latchCount(now);
        }
        if (wantStatus && status < 0) {
            status = (output(now) ? 0x80 : 0) | (loaded ? 0 : 0x40) | access << 4 | mode << 1 | (bcd ? 1 : 0);
        }
    }

    int read(long now) {
        if (status >= 0) {
            int value = status;
            status = -1;
            return value;
        }
        int value = latch >= 0 ? latch : count(now);
        boolean high = access == HIGH || access == 3 && latchHighNext;
        if (access == 3) {
            latchHighNext = !latchHighNext;
        }
        if (latch >= 0 && (access != 3 || high)) {
            latch = -1;
        }
        return high ? value >>> 8 & 0xff : value & 0xff;
    }

    /** Returns true when a whole count has been loaded and counting begins anew. */
    boolean write(int value, long now) {
        if (access == LOW) {
            return load(value, now);
        }
        if (access == HIGH) {
            return load(value << 8, now);
        }
        if (!highNext) {
            latchedLow = value;
            highNext = true;
            if (mode == 0) {
                loaded = false;
            }
            return false;
        }
        highNext = false;
        return load(latchedLow | value << 8, now);
    }

    private boolean load(int raw, long now) {
        int value = bcd ? fromBcd(raw) : raw;
        int modulus = bcd ? 10_000 : 0x10000;
        reload = value == 0 ? modulus : value;
        boolean restart = !loaded || mode == 0 || mode == 4;
        loaded = true;
        if (restart && mode != 1 && mode != 5) {
            started = now;
            heldAt = gate ? -1 : 0;
        }
        return restart;
    }

    void setGate(boolean up, long now) {
        if (up == gate) {
            return;
        }
        gate = up;
        boolean triggered = mode == 1 || mode == 5;
        if (up && (triggered || periodic())) {
            started = now;
            heldAt = -1;
        } else if (up && heldAt >= 0) {
            started = now - heldAt;
            heldAt = -1;
        } else if (!up && !triggered) {
            heldAt = now - started;
        }
    }

    private long passed(long now) {
        return heldAt >= 0 ? heldAt : now - started;
    }

    /** The counting element, as reads show it. */
    private int count(long now) {
        if (!loaded) {
            return 0;
        }
        long passed = passed(now);
        int modulus = bcd ? 10_000 : 0x10000;
        long value = switch (mode) {
            case 2 -> reload - passed % reload;
            // Mode 3 counts down by two, twice a period.
            case 3 -> (reload & ~1) - passed * 2 % Math.max(reload & ~1, 2);
            default -> Math.floorMod(reload - passed, modulus);
        };
        int shown = (int) (value % modulus);
        return bcd ? toBcd(shown) : shown;
    }

    boolean output(long now) {
        if (!loaded) {
            return mode != 0;
        }
        long passed = passed(now);
        return switch (mode) {
            case 0, 1 -> passed >= reload;
            case 2 -> !gate || passed % reload != reload - 1;
            case 3 -> !gate || passed % reload < (reload + 1) / 2;
            default -> passed != reload;
        };
    }

    /** When the output next goes up after {@code now}; -1 if it does not. */
    long nextRise(long now) {
        if (!loaded || !gate) {
            return -1;
        }
        long passed = now - started;
        return switch (mode) {
            case 0 -> passed < reload ? started + reload : -1;
            case 2, 3 -> started + (passed / reload + 1) * reload;
            case 4 -> passed <= reload ? started + reload + 1 : -1;
            default -> -1;
        };
    }

    private static int fromBcd(int raw) {
        return (raw >>> 12 & 15) * 1000 + (raw >>> 8 & 15) * 100 + (raw >>> 4 & 15) * 10 + (raw & 15);
    }

    private static int toBcd(int value) {
        return value / 1000 % 10 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
    }
}
