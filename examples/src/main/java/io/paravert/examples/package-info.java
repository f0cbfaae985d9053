/** examples. */
@org.jspecify.annotations.NullMarked
package io.paravert.examples;
