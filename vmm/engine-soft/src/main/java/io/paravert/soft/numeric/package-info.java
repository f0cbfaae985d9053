/**
 * What each numeric instruction does, said once: static methods over plain values, which the interpreter calls and the
 * translator emits calls to. Nothing here knows a decoder, a memory or a vCPU; everything here depends on the JDK alone.
 *
 * <h2>Conventions</h2>
 *
 * <p><b>Vector registers</b> live in a {@code long[]}: register r of the file begins at index {@code 4 * r}, lowest word first;
 * a <i>word</i> here is one such {@code long}. A memory operand is read into words of the same kind first. An MMX register is one
 * word. Statements never allocate and never touch a word that their shape does not name: clearing the words above a VEX result
 * is the glue's business.
 *
 * <ul>
 *   <li><b>WORD</b> {@code long op(long a, long b)}: word w of the result from word w of the operands. Also the MMX form.
 *       {@code a} is the destination (legacy) or the first source (VEX), {@code b} the r/m operand. Unary ones read {@code b}.
 *   <li><b>COUNT</b> {@code long op(long a, long count)}: as WORD, the count being the same for all words.
 *   <li><b>PAIR</b> {@code long op(long lo, long hi)}: in each 128-bit lane the low word of the result is
 *       {@code op(a0, a1)} and the high word {@code op(b0, b1)}; the MMX form is {@code op(a, b)}.
 *   <li><b>LANE</b> {@code void op(long[] d, int di, long[] a, int ai, long[] b, int bi[, int imm])}: one 128-bit lane. Operands are
 *       read before the result is written, so registers may be the same. In 256-bit instructions the upper lane takes the same
 *       immediate unless the statement says otherwise.
 *   <li><b>CROSS</b>: the whole register at once; signature as the statement says.
 * </ul>
 *
 * {@link io.paravert.soft.numeric.simd.Vectors} has the loops for each shape.
 *
 * <p><b>Flags</b> are an {@code int} or {@code long} in RFLAGS bit positions. A method {@code xFlags} returns only arithmetic flags
 * (CF PF AF ZF SF OF); one that takes {@code old} returns {@code old} with what the instruction defines replaced and keeps all
 * other bits. Where the manuals leave a flag undefined the statement does what AMD's Zen 4 was seen to do; where even that has
 * no rule, the flag keeps its old value, and the class says so. Result and flags are separate methods over the same operands, so
 * that the translator drops flags that nobody reads.
 *
 * <p><b>Operand sizes</b> of integer statements are a parameter {@code bits} (8, 16, 32 or 64). Operands may carry rubbish above
 * their size; results are zero-extended to 64 bits.
 *
 * <p><b>Floating point</b>: see {@code io.paravert.soft.numeric.fp} for MXCSR and {@code io.paravert.soft.numeric.x87} for the x87.
 *
 * <p>Threading: statements are pure functions of their arguments and the state object that they are given; a state object
 * belongs to one vCPU thread.
 */
@NullMarked
package io.paravert.soft.numeric;

import org.jspecify.annotations.NullMarked;
