/** Guests in C. Their sources are in {@code examples/src/main/c}; {@code paravert run} finds them as services. */
@org.jspecify.annotations.NullMarked
package io.paravert.examples.c;
