/**
 * Packed integer operations and data movement of MMX, SSE2 to SSE4.2, AVX and AVX2. Entered by the interpreter's and the
 * translator's glue. See {@link io.paravert.soft.numeric} for the shapes (WORD, COUNT, PAIR, LANE, CROSS).
 */
@NullMarked
package io.paravert.soft.numeric.simd;

import org.jspecify.annotations.NullMarked;
