package io.paravert.soft.translator;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.fp.Compare;
import io.paravert.soft.numeric.fp.Convert;
import io.paravert.soft.numeric.fp.DoubleArithmetic;
import io.paravert.soft.numeric.fp.SingleArithmetic;
import io.paravert.soft.numeric.simd.Blend;
import io.paravert.soft.numeric.simd.PackedAdd;
import io.paravert.soft.numeric.simd.PackedCompare;
import io.paravert.soft.numeric.simd.PackedConvert;
import io.paravert.soft.numeric.simd.PackedMultiply;
import io.paravert.soft.numeric.simd.PackedShift;
import io.paravert.soft.numeric.simd.Shuffle;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;

/**
 * Which method of {@code numeric} an SSE instruction's step is, and how it is applied to registers: the same ones that the
 * interpreter binds.
 */
record VectorStep(Shape shape, String owner, String name) {
    enum Shape {
        /** Two words to one, each half of the registers for itself. */
        WORD,
        /** As WORD, the second word being a count. */
        COUNT,
        /** Arrays and indexes of result and sources. */
        LANE,
        /** As LANE, and the instruction's constant. */
        LANE_IMMEDIATE,
        /** As WORD, with MXCSR. */
        FLOAT,
        /** As FLOAT, of the source alone. */
        FLOAT_UNARY,
        /** As FLOAT, on the low word alone. */
        DOUBLE,
        /** A method of {@link DoubleSteps}, on the low word alone. */
        DOUBLE_STEP,
        /** The methods of {@link DoubleSteps} for low and high word. */
        DOUBLE_STEPS,
        /** As DOUBLE_STEP, of the source alone. */
        ROOT,
        /** On the low 32 bits alone. */
        SINGLE,
        SINGLE_UNARY
    }

    private static final Map<Mnemonic, VectorStep> STEPS = new EnumMap<>(Mnemonic.class);

    static {
        all(
                Shape.WORD,
                PackedAdd.class,
                "PADDB PADDW PADDD PADDQ PSUBB PSUBW PSUBD PSUBQ PADDUSB PADDUSW PSUBUSB PSUBUSW");
        all(Shape.WORD, PackedAdd.class, "PADDSB PADDSW PSUBSB PSUBSW PAVGB PAVGW");
        all(Shape.WORD, PackedCompare.class, "PCMPEQB PCMPEQW PCMPEQD PCMPGTB PCMPGTW PCMPGTD");
        all(Shape.WORD, PackedCompare.class, "PMINUB PMAXUB PMINSW PMAXSW PMINUD PMAXUD PMINSD PMAXSD");
        all(Shape.WORD, PackedMultiply.class, "PMULLW PMULHW PMULHUW PMULLD PMULUDQ PMULDQ PMADDWD");
        all(Shape.WORD, Blend.class, "PAND PANDN POR PXOR");
        named(Shape.WORD, Blend.class, "pand", "ANDPS ANDPD");
        named(Shape.WORD, Blend.class, "pandn", "ANDNPS ANDNPD");
        named(Shape.WORD, Blend.class, "por", "ORPS ORPD");
        named(Shape.WORD, Blend.class, "pxor", "XORPS XORPD");
        all(Shape.COUNT, PackedShift.class, "PSLLW PSLLD PSLLQ PSRLW PSRLD PSRLQ PSRAW PSRAD");
        all(Shape.LANE, PackedConvert.class, "PUNPCKLBW PUNPCKHBW PUNPCKLWD PUNPCKHWD PUNPCKLDQ PUNPCKHDQ");
        all(Shape.LANE, PackedConvert.class, "PUNPCKLQDQ PUNPCKHQDQ");
        named(Shape.LANE, PackedConvert.class, "punpckldq", "UNPCKLPS");
        named(Shape.LANE, PackedConvert.class, "punpckhdq", "UNPCKHPS");
        named(Shape.LANE, PackedConvert.class, "punpcklqdq", "UNPCKLPD");
        named(Shape.LANE, PackedConvert.class, "punpckhqdq", "UNPCKHPD");
        all(Shape.LANE, Shuffle.class, "PSHUFB");
        all(Shape.LANE_IMMEDIATE, Shuffle.class, "PSHUFD PSHUFLW PSHUFHW SHUFPS SHUFPD");
        all(Shape.LANE_IMMEDIATE, PackedShift.class, "PSLLDQ PSRLDQ PALIGNR");
        all(Shape.FLOAT, SingleArithmetic.class, "ADDPS SUBPS MULPS DIVPS");
        all(Shape.FLOAT, Compare.class, "MINPS MAXPS");
        doubles("add", "ADDSD", "ADDPD");
        doubles("sub", "SUBSD", "SUBPD");
        doubles("mul", "MULSD", "MULPD");
        doubles("div", "DIVSD", "DIVPD");
        named(Shape.FLOAT, Compare.class, "minsd", "MINPD");
        named(Shape.FLOAT, Compare.class, "maxsd", "MAXPD");
        all(Shape.FLOAT_UNARY, SingleArithmetic.class, "SQRTPS");
        named(Shape.FLOAT_UNARY, DoubleArithmetic.class, "sqrtsd", "SQRTPD");
        all(Shape.FLOAT_UNARY, Convert.class, "CVTDQ2PS");
        all(Shape.DOUBLE, Compare.class, "MINSD MAXSD");
        named(Shape.ROOT, DoubleSteps.class, "sqrt", "SQRTSD");
        all(Shape.SINGLE, SingleArithmetic.class, "ADDSS SUBSS MULSS DIVSS");
        all(Shape.SINGLE, Compare.class, "MINSS MAXSS");
        all(Shape.SINGLE_UNARY, SingleArithmetic.class, "SQRTSS");
    }

    private static void doubles(String name, String scalar, String packed) {
        named(Shape.DOUBLE_STEP, DoubleSteps.class, name, scalar);
        named(Shape.DOUBLE_STEPS, DoubleSteps.class, name, packed);
    }

    private static void all(Shape shape, Class<?> owner, String mnemonics) {
        for (String mnemonic : mnemonics.split(" ")) {
            named(shape, owner, mnemonic.toLowerCase(Locale.ROOT), mnemonic);
        }
    }

    private static void named(Shape shape, Class<?> owner, String name, String mnemonics) {
        for (String mnemonic : mnemonics.split(" ")) {
            STEPS.put(Mnemonic.valueOf(mnemonic), new VectorStep(shape, Type.getInternalName(owner), name));
        }
    }

    static @Nullable VectorStep of(Mnemonic mnemonic) {
        return STEPS.get(mnemonic);
    }
}
