/**
 * Floating point of SSE to SSE4.1, AVX, FMA3 and F16C, under MXCSR. Entered by the interpreter's and the translator's glue.
 *
 * <p>Values are raw bits: a double is a {@code long}, a float an {@code int}; a statement named {@code ps} takes a word with two
 * floats. Statements with the WORD shape of {@link io.paravert.soft.numeric} take a {@link io.paravert.soft.numeric.fp.Mxcsr} as
 * their last argument. An instruction is
 *
 * <pre>
 * mxcsr.begin();
 * compute every element, writing nothing architectural;
 * if (mxcsr.commit()) raise #XM (or #UD where CR4.OSXMMEXCPT is clear), else write the results
 * </pre>
 *
 * <p>Every operation has a fast path in Java's own arithmetic, taken while all exceptions are masked, rounding is to nearest and
 * PE is already set or the result is found exact, and a soft path for everything else; tests hold both against the
 * processor.
 *
 * <p>{@link io.paravert.soft.numeric.fp.Unrounded} is the core that the x87 shares: exact or sticky results before rounding.
 */
@NullMarked
package io.paravert.soft.numeric.fp;

import org.jspecify.annotations.NullMarked;
