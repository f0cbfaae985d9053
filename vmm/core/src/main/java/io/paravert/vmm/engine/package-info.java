/**
 * What an engine offers to the monitor: machines, vCPUs, exits. Engines implement these types and are found with
 * {@link java.util.ServiceLoader}; core calls them and knows none by name. Devices and guests' tools do not enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.engine;
