/**
 * An assembler whose source language is Java: one method for each instruction, labels, data, and code of 16, 32 and 64
 * bits in one image. Guests and their tests are written with it; it depends on the instruction table only.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.isa.asm;
