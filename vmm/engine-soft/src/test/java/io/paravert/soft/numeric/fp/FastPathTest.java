package io.paravert.soft.numeric.fp;

import static io.paravert.soft.numeric.fp.Format.DOUBLE;
import static io.paravert.soft.numeric.fp.Format.SINGLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Java's arithmetic, where the statements use it, against the soft path: bits and flags. Needs no native reference. */
class FastPathTest {
    private static final int COUNT = 100_000 * Integer.getInteger("numeric.times", 1);

    private final SplittableRandom random = new SplittableRandom(Long.getLong("numeric.seed", 77));
    private final Mxcsr fast = new Mxcsr();
    private final Mxcsr soft = new Mxcsr();

    private interface Softly {
        long apply(Format f, long a, long b, Mxcsr m);
    }

    private void agree(String name, FpCheck.Double2 op, Softly reference) {
        for (int i = 0; i < COUNT; i++) {
            long a = FpOperands.aDouble(random);
            long b = FpOperands.aDouble(random);
            begin(i);
            long r = op.apply(a, b, fast);
            long want = reference.apply(DOUBLE, a, b, soft);
            fast.commit();
            soft.commit();
            if (r != want || fast.value() != soft.value()) {
                assertThat(String.format("%s(%x, %x) = %x, mxcsr %x", name, a, b, r, fast.value()))
                        .isEqualTo(String.format("%s(%x, %x) = %x, mxcsr %x", name, a, b, want, soft.value()));
            }
        }
    }

    private void agreeSingle(String name, FpCheck.Single2 op, Softly reference) {
        for (int i = 0; i < COUNT; i++) {
            int a = FpOperands.aSingle(random);
            int b = FpOperands.aSingle(random);
            begin(i);
            int r = op.apply(a, b, fast);
            int want = (int) reference.apply(SINGLE, a & 0xffff_ffffL, b & 0xffff_ffffL, soft);
            fast.commit();
            soft.commit();
            if (r != want || fast.value() != soft.value()) {
                assertThat(String.format("%s(%x, %x) = %x, mxcsr %x", name, a, b, r, fast.value()))
                        .isEqualTo(String.format("%s(%x, %x) = %x, mxcsr %x", name, a, b, want, soft.value()));
            }
        }
    }

    private void begin(int i) {
        int control = Mxcsr.INITIAL | (i & 1) * Mxcsr.PE | (i >> 1 & 1) * Mxcsr.DAZ | (i >> 2 & 1) * Mxcsr.FTZ;
        fast.value(control);
        soft.value(control);
        fast.begin();
        soft.begin();
    }

    @Test
    void shouldAgreeOnDoubles() {
        agree("addsd", DoubleArithmetic::addsd, SoftArithmetic::add);
        agree("subsd", DoubleArithmetic::subsd, SoftArithmetic::sub);
        agree("mulsd", DoubleArithmetic::mulsd, SoftArithmetic::mul);
        agree("divsd", DoubleArithmetic::divsd, SoftArithmetic::div);
        agree("sqrtsd", (a, b, m) -> DoubleArithmetic.sqrtsd(b, m), (f, a, b, m) -> SoftArithmetic.sqrt(f, b, m));
        agree(
                "fma",
                (a, b, m) -> DoubleArithmetic.fma(a, b, Long.rotateLeft(a, 1) ^ b, 0, m),
                (f, a, b, m) -> SoftArithmetic.fma(f, a, b, Long.rotateLeft(a, 1) ^ b, m));
    }

    @Test
    void shouldAgreeOnSingles() {
        agreeSingle("addss", SingleArithmetic::addss, SoftArithmetic::add);
        agreeSingle("subss", SingleArithmetic::subss, SoftArithmetic::sub);
        agreeSingle("mulss", SingleArithmetic::mulss, SoftArithmetic::mul);
        agreeSingle("divss", SingleArithmetic::divss, SoftArithmetic::div);
        agreeSingle("sqrtss", (a, b, m) -> SingleArithmetic.sqrtss(b, m), (f, a, b, m) -> SoftArithmetic.sqrt(f, b, m));
    }

    @Test
    void shouldRoundRootsOfAllMagnitudesCorrectly() {
        for (int i = 0; i < 1_000; i++) {
            long hi = random.nextLong() | Long.MIN_VALUE >>> random.nextInt(2);
            if (i < 100) hi = -1L - i / 2;
            long lo = i % 3 == 0 ? -1 : random.nextLong();
            java.math.BigInteger n = new java.math.BigInteger(Long.toUnsignedString(hi))
                    .shiftLeft(64)
                    .add(new java.math.BigInteger(Long.toUnsignedString(lo)));
            if (n.bitLength() < 127) continue;
            long root = io.paravert.soft.numeric.integer.Wide.root(hi, lo);
            assertThat(Long.toUnsignedString(root)).isEqualTo(n.sqrt().toString());
        }
    }
}
