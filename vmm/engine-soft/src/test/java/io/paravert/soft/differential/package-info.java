/**
 * The engine against the processor underneath: random sequences from the instruction table, run natively at ring 3 and as ring-3 code
 * of a guest. The build runs a sample; {@code tools/differential} the long run.
 */
@NullMarked
package io.paravert.soft.differential;

import org.jspecify.annotations.NullMarked;
