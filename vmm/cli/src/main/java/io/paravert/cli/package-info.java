/** cli. */
@org.jspecify.annotations.NullMarked
package io.paravert.cli;
