/**
 * Load on devices: many guests in one process, each driving a device at a rate or flat out, with faults on demand. The
 * command line, tests and examples enter by {@link io.paravert.load.LoadTest}; nothing of the monitor depends on it.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.load;
