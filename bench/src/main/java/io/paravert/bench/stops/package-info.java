/** How long a machine takes to pause, and to stop. */
@org.jspecify.annotations.NullMarked
package io.paravert.bench.stops;
