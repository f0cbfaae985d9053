/**
 * Integer instructions beyond the plain ALU: wide multiplication and division, rotates, double shifts, bit scans and bit fields
 * (BMI1, BMI2, ADX), decimal adjustment, CRC32. Entered by the interpreter's and the translator's glue. Conventions for sizes
 * and flags: {@link io.paravert.soft.numeric}.
 */
@NullMarked
package io.paravert.soft.numeric.integer;

import org.jspecify.annotations.NullMarked;
