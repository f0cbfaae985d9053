/**
 * The x86 instruction set as one table: decoding, encoding and formatting (Intel syntax) in 16, 32 and 64-bit code.
 *
 * <p>The table is text, in {@code src/main/isa}; a generator turns it into {@link io.paravert.isa.Mnemonic} and packed
 * tables when the module is built. Where AMD and Intel encode differently, AMD is followed. Nothing here depends on the
 * rest of Paravert; every room may use it.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.isa;
