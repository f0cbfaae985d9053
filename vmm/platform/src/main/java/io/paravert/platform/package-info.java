/**
 * The PC around the vCPUs, for kernels that expect one. The command line and tests enter, by
 * {@link io.paravert.platform.PcBoard}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.platform;
