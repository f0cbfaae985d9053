/**
 * What one exit costs: the engine and the monitor in Java against {@code kvmloop.c}, which drives the same {@code /dev/kvm}.
 * {@link io.paravert.bench.exits.ExitCosts} is the program; nobody else enters.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.bench.exits;
