/**
 * The x87 floating-point unit: 80-bit arithmetic, its register stack, its state in memory, and the MMX registers that lie in it.
 * Entered by the interpreter's and the translator's glue.
 *
 * <p>{@link io.paravert.soft.numeric.x87.X87State} is one vCPU's unit. Each instruction is a static method that takes it and does
 * the whole instruction: stack checks, result, exception flags and C1, the masked or the unmasked response, pops. Stores to
 * memory come in two steps, so that a page fault leaves everything as it was:
 *
 * <pre>
 * if (X87Store.single(f)) write (int) f.stored() to memory, which may fault;
 * f.finishStore(pop);
 * </pre>
 *
 * <p>Glue raises #NM and #MF before an instruction ({@link io.paravert.soft.numeric.x87.X87State#pending}) and tells the pointers
 * of the last one ({@link io.paravert.soft.numeric.x87.X87State#note}). Condition codes and C1 that the manuals leave undefined are
 * as Zen 4 leaves them.
 */
@NullMarked
package io.paravert.soft.numeric.x87;

import org.jspecify.annotations.NullMarked;
