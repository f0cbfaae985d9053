package io.paravert.soft.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.soft.numeric.fp.DoubleArithmetic;
import io.paravert.soft.numeric.fp.Horizontal;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.numeric.integer.DecimalAdjust;
import io.paravert.soft.numeric.integer.Rotate;
import org.junit.jupiter.api.Test;

/** Cases that random testing once found wrong, with what the processor (Zen 4) did. They need no native reference. */
class KnownCasesTest {
    private final Mxcsr mxcsr = new Mxcsr();

    @Test
    void shouldShiftWordsBeyondTheirSizeAsZenDoes() {
        assertThat(Rotate.shld(0x0009, 0x39c6, 25, 16)).isEqualTo(0x8c73);
        assertThat(Rotate.shldFlags(0x0009, 0x39c6, 25, 16, 0x282)).isEqualTo(0x292);
        assertThat(Rotate.shldFlags(0x10a4, 0xff2d, 16, 16, 0x2d3)).isEqualTo(0x296);
        assertThat(Rotate.shldFlags(0x3319, 0x0033, 16, 16, 0xac7)).isEqualTo(0xa17);
        assertThat(Rotate.shrdFlags(0xec36, 0xec36, 0x95, 16, 0xa92)).isEqualTo(0xa92);
    }

    @Test
    void shouldSetOverflowOfDecimalCorrectionsAsZenDoes() {
        assertThat(DecimalAdjust.daaFlags(0x7b, 0xa47)).isEqualTo(0xa97);
        assertThat(DecimalAdjust.aaaFlags(0x0f09, 0xa06)).isEqualTo(0x206);
    }

    @Test
    void shouldOverflowToInfinityHoweverFarTheExponentIsOut() {
        mxcsr.begin();
        assertThat(DoubleArithmetic.mulsd(0xffd0_0000_0000_0000L, 0xffd0_0000_0000_0001L, mxcsr))
                .isEqualTo(0x7ff0_0000_0000_0000L);
        assertThat(mxcsr.commit()).isFalse();
        assertThat(mxcsr.value()).isEqualTo(Mxcsr.INITIAL | Mxcsr.OE | Mxcsr.PE);
    }

    @Test
    void shouldNotAddDotProductsAfterAnUnmaskedExceptionInTheirProducts() {
        mxcsr.value(0x55c8);
        mxcsr.begin();
        long[] a = {0x0080_0000_0080_0000L, 0x3f80_0000_3f80_0000L};
        long[] b = {0x3380_0000_3380_0000L, 0x3f80_0001_3380_0000L};
        Horizontal.dpps(a, 0, b, 0, 2, 0xff, mxcsr);
        assertThat(mxcsr.commit()).isTrue();
        assertThat(mxcsr.value()).isEqualTo(0x55c8 | Mxcsr.UE);
    }
}
