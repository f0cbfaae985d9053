/** AES, carry-less multiplication and SHA, one 128-bit lane at a time; see {@link io.paravert.soft.numeric} for the shapes. */
@NullMarked
package io.paravert.soft.numeric.crypto;

import org.jspecify.annotations.NullMarked;
