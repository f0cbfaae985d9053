/** isa. */
@org.jspecify.annotations.NullMarked
package io.paravert.isa;
