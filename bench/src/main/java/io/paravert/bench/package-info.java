/** bench. */
@org.jspecify.annotations.NullMarked
package io.paravert.bench;
