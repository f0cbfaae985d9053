package io.paravert.soft.numeric.ring3;

import java.io.Closeable;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Compares a statement with the processor: the same random states go to both, and everything that the processor then holds
 * must be what the statement says. Seed: system property {@code numeric.seed}; how many times the usual number of vectors:
 * {@code numeric.times}.
 */
public final class Differential implements Closeable {
    /** What of RFLAGS is compared. */
    public static final int RFLAGS_COMPARED = 0x00244dd5 & ~0x200;

    private final Ring3 ring3;
    private final SplittableRandom random;
    private final long seed;
    private final int times;
    private final Ring3State[] inputs = states();
    private final Ring3State[] outputs = states();
    private final Ring3State expected = new Ring3State();
    private BiPredicate<Ring3State, Ring3State> tolerance = (want, got) -> false;
    private int undefinedFlags;
    private long vectors;

    public Differential(Ring3 ring3) {
        this.ring3 = ring3;
        this.seed = Long.getLong("numeric.seed", 20261);
        this.times = Integer.getInteger("numeric.times", 1);
        this.random = new SplittableRandom(seed);
    }

    private static Ring3State[] states() {
        Ring3State[] s = new Ring3State[Ring3.BATCH];
        for (int i = 0; i < s.length; i++) s[i] = new Ring3State();
        return s;
    }

    public SplittableRandom random() {
        return random;
    }

    public long vectors() {
        return vectors;
    }

    /** Flags that the next checks do not compare. */
    public Differential withoutFlags(int flags) {
        undefinedFlags = flags;
        return this;
    }

    /** What the next checks accept although it differs: the wanted state and what the processor left. */
    public Differential accepting(BiPredicate<Ring3State, Ring3State> rule) {
        tolerance = rule;
        return this;
    }

    /**
     * Runs {@code code} on {@code count} states (times the multiplier).
     *
     * @param generator fills a cleared state
     * @param statement turns the state before into the state after; it sets {@code trap} where the code must fault
     */
    public void check(
            String name, byte[] code, int count, Consumer<Ring3State> generator, Consumer<Ring3State> statement) {
        for (int left = count * times; left > 0; left -= Ring3.BATCH) {
            int n = Math.min(left, Ring3.BATCH);
            for (int i = 0; i < n; i++) {
                inputs[i].clear();
                generator.accept(inputs[i]);
                inputs[i].trap = -1;
            }
            ring3.run(code, inputs, outputs, n);
            vectors += n;
            for (int i = 0; i < n; i++) compare(name, code, inputs[i], outputs[i], statement);
        }
    }

    private void compare(String name, byte[] code, Ring3State in, Ring3State got, Consumer<Ring3State> statement) {
        expected.copyFrom(in);
        statement.accept(expected);
        StringBuilder wrong = new StringBuilder();
        differences(expected, got, RFLAGS_COMPARED & ~undefinedFlags, wrong);
        if (wrong.length() == 0 || tolerance.test(expected, got)) return;
        throw new AssertionError(name + " [" + HexFormat.of().formatHex(code) + "], seed " + seed
                + ": statement -> processor" + wrong + "\ninput:" + describe(in));
    }

    /** Appends where the states differ, in the given flags of RFLAGS and in all else. */
    public static void differences(Ring3State want, Ring3State got, long flags, StringBuilder to) {
        if (want.trap != got.trap) differ(to, "trap", want.trap, got.trap);
        for (int i = 0; i < 16; i++) if (want.gpr[i] != got.gpr[i]) differ(to, "gpr" + i, want.gpr[i], got.gpr[i]);
        if ((want.rflags & flags) != (got.rflags & flags)) differ(to, "rflags", want.rflags, got.rflags);
        for (int i = 0; i < 64; i++) {
            if (want.ymm[i] != got.ymm[i]) differ(to, "ymm" + i / 4 + "." + i % 4, want.ymm[i], got.ymm[i]);
        }
        for (int i = 0; i < 160; i += 2) {
            if (i == 28) i = 32; // MXCSR_MASK is the processor's
            if (want.fx.getShort(i) != got.fx.getShort(i)) {
                differ(to, "fx+" + i, want.fx.getShort(i) & 0xffff, got.fx.getShort(i) & 0xffff);
            }
        }
        for (int i = 0; i < Ring3State.MEM_BYTES; i += 8) {
            if (want.mem.getLong(i) != got.mem.getLong(i))
                differ(to, "mem+" + i, want.mem.getLong(i), got.mem.getLong(i));
        }
    }

    private static void differ(StringBuilder to, String what, long want, long got) {
        to.append(String.format("%n  %s %x -> %x", what, want, got));
    }

    public static String describe(Ring3State s) {
        StringBuilder b = new StringBuilder();
        b.append(String.format("%n  rflags %x mxcsr %x", s.rflags, s.mxcsr()));
        for (int i = 0; i < 16; i++) if (s.gpr[i] != 0) b.append(String.format("%n  gpr%d %x", i, s.gpr[i]));
        for (int i = 0; i < 64; i += 4) {
            if ((s.ymm[i] | s.ymm[i + 1] | s.ymm[i + 2] | s.ymm[i + 3]) == 0) continue;
            b.append(String.format(
                    "%n  ymm%d %016x %016x %016x %016x", i / 4, s.ymm[i + 3], s.ymm[i + 2], s.ymm[i + 1], s.ymm[i]));
        }
        b.append(String.format("%n  fx %s", HexFormat.of().formatHex(s.fx.array(), 0, 32)));
        for (int i = 0; i < 8; i++) {
            if (s.mm(i) == 0 && s.fx.getShort(40 + 16 * i) == 0) continue;
            b.append(String.format("%n  st%d %04x %016x", i, s.fx.getShort(40 + 16 * i) & 0xffff, s.mm(i)));
        }
        if (s.mem.getLong(0) != 0)
            b.append(String.format("%n  mem %s", HexFormat.of().formatHex(s.mem.array(), 0, 128)));
        return b.toString();
    }

    @Override
    public void close() {
        ring3.close();
    }
}
