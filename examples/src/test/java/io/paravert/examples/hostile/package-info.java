/** Guests that try to hurt their monitor, and a neighbour that must not notice. */
@org.jspecify.annotations.NullMarked
package io.paravert.examples.hostile;
