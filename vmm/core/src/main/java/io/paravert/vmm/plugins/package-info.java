/**
 * Plugins: device types in jars of their own, each with its own class loader, loaded and unloaded while machines run. A
 * plugin sees the device SDK, virtio, Vert.x and the Java platform, and nothing of the monitor; what it does wrong is its own.
 * The command line and tests enter by {@link io.paravert.vmm.plugins.Plugins}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.plugins;
