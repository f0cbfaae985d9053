/** soft. */
@org.jspecify.annotations.NullMarked
package io.paravert.soft;
