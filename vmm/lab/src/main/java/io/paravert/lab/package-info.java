/** Experiments for {@code paravert lab}, a package each, and what they share. Found as services; nobody calls them directly. */
@org.jspecify.annotations.NullMarked
package io.paravert.lab;
